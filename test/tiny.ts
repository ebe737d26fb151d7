/** A tiny run for tests of the trainer: random pictures, a small network, native code on one thread. */
import { Random, sizeOf } from "../src/core/index.ts";
import type { Graph, NDArray } from "../src/ir/index.ts";
import { crossEntropy } from "../src/losses/index.ts";
import { mlp } from "../src/models/index.ts";
import { sgd } from "../src/optimizers/index.ts";
import { evaluate } from "../src/reference/index.ts";
import { loadNative } from "../src/runtime/node/index.ts";
import { makePlan, type PlanRequest, type TrainEvent, Trainer } from "../src/train/index.ts";
import type { Recipe } from "../src/train/recipe.ts";

const native = await loadNative({ threads: 1 });
if (native instanceof Error) throw native;
export const runtime = native;

/** Grey pictures of 3×3 in three classes, mlp with five hidden units. */
export const recipe: Recipe = {
  model: mlp({ hidden: [5], activation: "tanh" }),
  loss: crossEntropy(),
  regularizers: [],
  optimizer: sgd({ learningRate: 0.1 }),
  normalization: { mean: [0.5], deviation: [0.25] },
  height: 3,
  width: 3,
  channels: 1,
  classes: 3,
};

export const COUNT = 40;

/** Random pictures whose brightest column says the class; 28 to train on, 6 to choose by, 6 to test. */
export function pictures(count = COUNT) {
  const random = new Random(3, "tiny");
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  const pixels = Uint8Array.from({ length: 9 * count }, (_, i) => {
    return random.below(120) + (i % 3 === labels[Math.floor(i / 9)] ? 100 : 0);
  });
  return { store: { kind: "memory" as const, pixels }, labels, height: 3, width: 3, channels: 1 as const };
}

export const indices = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i);

export function planOf(request: Partial<PlanRequest> = {}) {
  return makePlan({
    recipe,
    schedule: { kind: "schedule", name: "constant", options: {} },
    seed: 5,
    epochs: 2,
    batchSize: 8,
    pictures: pictures(),
    train: indices(0, 28),
    validation: indices(28, 34),
    test: indices(34, 40),
    device: "cpu",
    threads: 1,
    ...request,
  });
}

export const trainerOf = (request: Partial<PlanRequest> = {}): Promise<Trainer> =>
  Trainer.create(planOf(request), runtime);

type Of<Type> = Extract<TrainEvent, { type: Type }>;

/** Runs a plan to its end; its events, and the state after the last epoch. */
export async function run(request: Partial<PlanRequest> = {}, trainer?: Trainer) {
  const events: TrainEvent[] = [];
  await (trainer ?? (await trainerOf(request))).run(
    (event) => events.push(event),
    () => false,
  );
  const all = <Type extends TrainEvent["type"]>(type: Type) =>
    events.filter((event): event is Of<Type> => event.type === type);
  return { events, epochs: all("epoch"), initial: all("initial")[0]!, state: all("epoch").at(-1)!.state };
}

/** The largest difference between two states, over the parts that the first has. */
export function distance(a: Readonly<Record<string, Float32Array>>, b: Readonly<Record<string, Float32Array>>): number {
  const parts = Object.entries(a).map(([name, data]) =>
    data.reduce((m, v, i) => Math.max(m, Math.abs(v - b[name]![i]!)), 0),
  );
  return Math.max(...parts);
}

/** Random values for every input of a graph, those given aside; the same for the same name. */
export function feedsFor(graph: Graph, given: Readonly<Record<string, readonly number[]>>): Record<string, NDArray> {
  const entries = graph.inputs.map(({ attrs: { name, shape, dtype } }): [string, NDArray] => {
    const random = new Random(1, name);
    const draw = () => (dtype === "uint8" ? random.below(256) : dtype === "int32" ? random.below(3) : random.normal());
    return [name, { shape, data: Float64Array.from(given[name] ?? Array.from({ length: sizeOf(shape) }, draw)) }];
  });
  return Object.fromEntries(entries);
}

/** Runs a graph in float64 on such values. */
export const evaluateOn = (graph: Graph, given: Readonly<Record<string, readonly number[]>> = {}) =>
  evaluate(graph, feedsFor(graph, given));
