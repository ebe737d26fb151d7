import { normals } from "./arrays.ts";
import { checkGraph, type Row, unbuildable } from "./check-graph.ts";
import { type AnyOp, type AnySample, flows, isFloat, traceSample } from "./sample.ts";

/** One derivative of a unit at one of its samples. */
export interface UnitRow extends Row {
  /** Which of the unit's samples, from 0. */
  readonly sample: number;
}

/**
 * Checks one unit's backward rule at all its samples: s = Σ g·y for random g, by a random direction of every floating input.
 * A sample that declares why there is no derivative (`noGradient`) may stand on a kink; the row then says the reason.
 *
 * @param draws another number draws other inputs and directions
 * @returns no row for a unit from which nothing flows back (comparisons, one-hot)
 */
export function checkUnit(op: AnyOp, draws = 0): UnitRow[] {
  return op.samples.flatMap((sample, i) => checkSample(op, sample, draws).map((row) => ({ ...row, sample: i })));
}

/** The same for one sample. */
export function checkSample(op: AnyOp, sample: AnySample, draws = 0): Row[] {
  const { inputs, output, feeds, random } = traceSample(op, sample, draws);
  if (!isFloat(output)) {
    const what = `a cotangent flows back from ${output.dtype}`;
    return flows(op, sample).flatMap((flow, i) => (flow ? [unbuildable(`x${i}`, what)] : []));
  }
  const weights = normals(output.shape, random);
  const rows = checkGraph({ loss: output, weights, wrt: inputs.filter(isFloat), feeds, seed: random.uint32() });
  const { noGradient } = sample;
  return noGradient === undefined ? rows : rows.map((row) => declared(row, noGradient));
}

/** What a sample declares of its point, said where there is no derivative. */
function declared(row: Row, reason: string): Row {
  if (row.verdict === "ok") return row;
  return { ...row, reason, verdict: Number.isNaN(row.backward) ? "kink" : row.verdict };
}
