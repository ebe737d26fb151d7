/** One update of one parameter as a graph of its own, and its state: what the suites of optimizers share. */
import { type DType, type Graph, graph, input, type NDArray, type Tensor } from "../../src/ir/index.ts";
import type { Optimizer, ParameterFacts } from "../../src/optimizers/index.ts";
import { evaluate } from "../../src/reference/index.ts";

/** An optimizer with every option settled. */
export interface Settled {
  readonly unit: Optimizer;
  readonly options: Optimizer["defaults"];
}
export type State = Readonly<Record<string, NDArray>>;

export const settled = (unit: Optimizer, options: object = {}): Settled => ({
  unit,
  options: { ...unit.defaults, ...options },
});

export const filled = (shape: readonly number[], value: number): NDArray => ({
  shape: [...shape],
  data: new Float64Array(shape.reduce((size, dim) => size * dim, 1)).fill(value),
});

export const slotsOf = ({ unit, options }: Settled, facts: ParameterFacts) => unit.slots(options, facts);

/** The parameter `x` and its slots before the first step. */
export function startOf(of: Settled, x: NDArray, role: ParameterFacts["role"]): State {
  const slots = slotsOf(of, { shape: x.shape, role }).map((slot) => [
    slot,
    filled(x.shape, of.unit.initialSlot?.(of.options, slot) ?? 0),
  ]);
  return { x, ...Object.fromEntries(slots) };
}

/** The scalars of a step, as feeds. */
export function scalarsAt({ unit, options }: Settled, rate: number, step: number): State {
  const scalars = Object.entries(unit.scalars(options, rate, step));
  return Object.fromEntries(scalars.map(([name, value]) => [`scalar ${name}`, filled([], value)]));
}

const PREFIX = "next ";

/** `next x` and the next slots; the gradient is that of `lossOf`, or else the input `g`. */
export function updateGraph(
  of: Settled,
  facts: ParameterFacts & { readonly dtype?: DType },
  lossOf?: (x: Tensor) => { readonly loss: Tensor; readonly gradient: Tensor },
): Graph {
  const { shape, role, dtype = "float32" } = facts;
  const value = (name: string, of: readonly number[] = shape) => input(name, of, { dtype }) as Tensor;
  const x = value("x");
  const traced = lossOf?.(x);
  const next = of.unit.update({
    parameter: x,
    role,
    gradient: traced?.gradient ?? value("g"),
    slots: Object.fromEntries(slotsOf(of, facts).map((slot) => [slot, value(slot)])),
    scalars: Object.fromEntries(
      Object.keys(of.unit.scalars(of.options, 1, 1)).map((name) => [name, value(`scalar ${name}`, [])]),
    ),
  });
  const outputs = Object.entries({ x: next.parameter, ...next.slots }).map(([name, value]) => [PREFIX + name, value]);
  return graph({
    ...(traced ? { loss: traced.loss } : {}),
    ...(Object.fromEntries(outputs) as Record<string, Tensor>),
  });
}

/** What a run of such a graph gives, by the names that the next run takes. */
export const nextOf = <T>(results: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(results).map(([name, value]) => [name.replace(PREFIX, ""), value]));

/** One step in float64 with a given gradient. */
export function stepped(of: Settled, role: ParameterFacts["role"], state: State, g: NDArray, rate: number, step = 1) {
  const update = updateGraph(of, { shape: g.shape, role });
  return nextOf(evaluate(update, { ...state, g, ...scalarsAt(of, rate, step) }));
}
