import { gradients } from "../autodiff/index.ts";
import { Random, sizeOf, UsageError } from "../core/index.ts";
import { constant, graph, type InputAttrs, type NDArray, type Tensor, verify } from "../ir/index.ts";
import { evaluate } from "../reference/index.ts";
import { type Feeds, indexOf, normals, shifted, weighed } from "./arrays.ts";
import { BOUND, type Comparison, compare, type Reading } from "./differences.ts";
import { type Kink, kinksBetween } from "./kinks.ts";
import { type Part, partBetween } from "./part.ts";

/**
 * `ok`: the relative error is 10⁻⁶ at most. `kink`: there is no derivative at this point, and the rules agree with the
 * differences beside it. `wrong`: they do not agree, and no kink is the reason.
 */
export type Verdict = "ok" | "kink" | "wrong";

/** One derivative of a graph, checked. Plain data. */
export interface Row extends Comparison {
  /** The input that was moved: `scores.weight`. */
  readonly input: string;
  /** `direction`: a random direction in all its elements at once; else the one element that was moved, as `[3,1]`. */
  readonly along: string;
  readonly verdict: Verdict;
  /** The units that stand on a kink here. */
  readonly kinks?: readonly Kink[];
  /** At a kink: the slopes to its two sides, along the direction; `backward` is the one that the rules take. */
  readonly sides?: { readonly left: number; readonly right: number };
  /** At a kink: how well the rules agree at a point beside it, where there is a derivative. */
  readonly beside?: { readonly error: number; readonly step: number };
  /** Why there are no numbers: the backward pass could not be built, or what the unit declares of this point. */
  readonly reason?: string;
}

export interface GraphCheck {
  /** What is differentiated; several numbers are added up, times their weights. */
  readonly loss: Tensor;
  /** One number for each of the loss; 1 unless said. */
  readonly weights?: NDArray;
  /** The inputs to differentiate by; floating. */
  readonly wrt: readonly Tensor<InputAttrs>[];
  /** A value for every input that the loss depends on: the point where the derivatives are compared. */
  readonly feeds: Feeds;
  /** How many single elements of each input are moved beside the random direction; 0 unless said. */
  readonly coordinates?: number;
  /** Another seed draws other directions and elements; 1 unless said. */
  readonly seed?: number;
}

/**
 * Checks the backward rules of a whole graph in float64: ⟨∂L/∂x, d⟩ from the reverse sweep against central differences of
 * L(x + h·d), for a random direction d of every input (one number that every element contributes to, so that the cost
 * does not grow with the size), and for single elements: the one with the steepest slope, then random ones.
 *
 * @returns the rows in the order of `wrt`, the random direction of each input first
 */
export function checkGraph({
  loss,
  wrt,
  feeds,
  weights = onesLike(loss),
  coordinates = 0,
  seed = 1,
}: GraphCheck): Row[] {
  return wrt.flatMap((x) => {
    const { name } = x.attrs;
    const built = slopeGraph(loss, weights, x);
    if (built instanceof UsageError) return [unbuildable(name, built.message)];
    const slopeAt = (value: NDArray) => evaluate(built, { ...feeds, [name]: value }).slope;
    const random = new Random(seed, `gradcheck ${name}`);
    const line = { part: partBetween(x, loss, feeds), weights, slopeAt, x: feeds[name], random };
    const rows = [{ input: name, along: "direction", ...judge(line, normals(x.shape, random)) }];
    for (const place of placesOf(slopeAt(line.x), coordinates, random)) {
      const index = indexOf(place, x.shape);
      rows.push({ input: name, along: `[${index.join(",")}]`, ...judge(line, unitVector(x.shape, place)) });
    }
    return rows;
  });
}

/** The derivative by x as a graph, or what is wrong with it: a rule of wrong shape is refused while it is traced. */
function slopeGraph(loss: Tensor, weights: NDArray, x: Tensor<InputAttrs>) {
  try {
    const cotangent = constant(weights.data, loss.shape, loss.dtype);
    const traced = graph({ slope: gradients(loss, [x as Tensor], cotangent)[0] });
    verify(traced);
    return traced;
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}

/** The row of an input by which the loss cannot be differentiated. */
export function unbuildable(input: string, reason: string): Row {
  const nothing = { backward: Number.NaN, differences: Number.NaN, error: Number.POSITIVE_INFINITY, step: Number.NaN };
  return { input, along: "direction", ...nothing, curve: [], verdict: "wrong", reason };
}

/** Everything that is needed to compare derivatives by one input. */
interface Line {
  readonly part: Part;
  readonly weights: NDArray;
  /** The gradient by the input, at a value of it. */
  readonly slopeAt: (x: NDArray) => NDArray;
  readonly x: NDArray;
  readonly random: Random;
}

/** A kink that is closer than this, in units of the direction, counts as one at the point: differences cannot avoid it. */
const NEAR = 1e-6;
/** How far beside a kink the rules are compared, as a share of the size of each element. */
const ASIDE = 0.01;

function judge(line: Line, direction: NDArray): Omit<Row, "input" | "along"> {
  const { x } = line;
  const found = along(line, x, direction);
  const agrees = found.error <= BOUND;
  if (agrees && found.jump === undefined) return { ...found, verdict: "ok" };
  const kinks = kinksBetween(line.part, x, direction, Math.max(NEAR, 10 * (found.jump?.step ?? 0)));
  if (kinks.length === 0) return { ...found, verdict: agrees ? "ok" : "wrong" };
  // Adding 0 makes -0 a plain 0.
  const slope = (h: number) => (read(line, x, direction, h).value - read(line, x, direction, 0).value) / h + 0;
  const h = Math.max(NEAR, found.jump?.step ?? 0);
  const beside = asideOf(line, direction);
  const verdict = beside !== undefined && beside.error > BOUND ? "wrong" : "kink";
  return { ...found, verdict, kinks, sides: { left: slope(-h), right: slope(h) }, ...(beside && { beside }) };
}

function along(line: Line, x: NDArray, direction: NDArray): Comparison {
  return compare(weighed(line.slopeAt(x), direction).value, (t) => read(line, x, direction, t));
}

/** The loss at x + t·d. */
const read = ({ part, weights }: Line, x: NDArray, direction: NDArray, t: number): Reading =>
  weighed(part.at(shifted(x, t, direction)), weights);

/** The same comparison at a point beside x that is not on a kink, so that a kink hides no error; undefined where all are. */
function asideOf(line: Line, direction: NDArray): { error: number; step: number } | undefined {
  for (let attempt = 0; attempt < 3; attempt++) {
    const offset = { shape: line.x.shape, data: line.x.data.map((v) => line.random.normal() * (1 + Math.abs(v))) };
    const { error, step, jump } = along(line, shifted(line.x, ASIDE, offset), direction);
    if (jump === undefined) return { error, step };
  }
  return undefined;
}

/** The element with the steepest slope, then random others. */
function placesOf({ data }: NDArray, count: number, random: Random): number[] {
  if (count === 0 || data.length === 0) return [];
  let steepest = 0;
  data.forEach((value, i) => {
    if (Math.abs(value) > Math.abs(data[steepest])) steepest = i;
  });
  const others = random.shuffle([...data.keys()].filter((i) => i !== steepest));
  return [steepest, ...others.slice(0, count - 1)];
}

const onesLike = ({ shape }: Tensor): NDArray => ({ shape, data: new Float64Array(sizeOf(shape)).fill(1) });

function unitVector(shape: readonly number[], place: number): NDArray {
  const data = new Float64Array(sizeOf(shape));
  data[place] = 1;
  return { shape, data };
}
