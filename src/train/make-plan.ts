import { choose, UsageError } from "../core/index.ts";
import type { Graph } from "../ir/index.ts";
import { initialize } from "../nn/index.ts";
import { lower } from "../onnx/index.ts";
import { optimizers } from "../optimizers/index.ts";
import { regularizers } from "../regularizers/index.ts";
import { names } from "./names.ts";
import type { CompiledGraph, Plan, StepGraphs } from "./plan.ts";
import { network, type Recipe, scoreGraph } from "./recipe.ts";
import { accumulateGraph, applyGraph, stepGraph } from "./step-graph.ts";
import { slotsOf } from "./update.ts";

/** Pictures that are scored, or summed over, at once: enough to fill the processor, little memory. */
const CHUNK = 256;

export interface PlanRequest
  extends Pick<
    Plan,
    "schedule" | "seed" | "epochs" | "batchSize" | "pictures" | "train" | "validation" | "test" | "device" | "threads"
  > {
  readonly recipe: Recipe;
  readonly learningRate?: number;
}

/** Sizes of batches that occur when `count` items are taken `size` at a time: whole ones, and the last. */
export function batchSizes(count: number, size: number): number[] {
  const whole = Math.min(size, count);
  const last = count % whole;
  return last === 0 ? [whole] : [whole, last];
}

function compile(name: string, sizes: readonly number[], trace: (batch: number) => Graph): CompiledGraph[] {
  return sizes.map((batch) => ({ batch, model: lower(trace(batch), `${name} of ${batch}`) }));
}

/**
 * Traces, differentiates and lowers everything that a run needs. A graph is traced for one batch size; the smaller last
 * batch of an epoch gets a graph of its own, so every mean divides by the number of pictures that are really there.
 */
export function makePlan(request: PlanRequest): Plan {
  const { recipe, learningRate, ...rest } = request;
  const { train } = rest;
  if (train.length === 0) {
    throw new UsageError(
      "training",
      "there is no picture to train on",
      "give more pictures or a smaller test share",
      1,
    );
  }
  const unit = choose("optimizer", optimizers, recipe.optimizer.name);
  const { parameters } = network(recipe, 1);
  const slots = slotsOf(recipe, parameters);
  const initial = initialize(parameters, request.seed);
  for (const { name, shape, start } of slots) {
    initial[name] = new Float32Array(shape.reduce((size, dim) => size * dim, 1)).fill(start);
  }
  const steps: StepGraphs = unit.fullBatch
    ? {
        kind: "full",
        accumulate: compile("gradient", batchSizes(train.length, CHUNK), (batch) => accumulateGraph(recipe, batch)),
        apply: lower(applyGraph(recipe), "update"),
      }
    : {
        kind: "batch",
        graphs: compile("step", batchSizes(train.length, request.batchSize), (batch) => stepGraph(recipe, batch)),
      };
  const scored = [request.validation, request.test, train].flatMap(({ length }) =>
    length > 0 ? batchSizes(length, CHUNK) : [],
  );
  return {
    ...rest,
    optimizer: recipe.optimizer,
    learningRate:
      learningRate ?? (recipe.optimizer.options.learningRate as number | undefined) ?? unit.defaults.learningRate,
    strengths: Object.fromEntries(
      recipe.regularizers.flatMap(({ name, options }) => {
        const regularizer = choose("regularizer", regularizers, name);
        const scalars = regularizer.scalars({ ...regularizer.defaults, ...options });
        return Object.entries(scalars).map(([own, value]) => [names.strength(name, own), value]);
      }),
    ),
    classes: recipe.classes,
    parameters: parameters.map(({ name, shape }) => ({ name, shape })),
    slots: slots.map(({ name, shape }) => ({ name, shape })),
    initial,
    steps,
    score: compile("scores", [...new Set(scored)], (batch) => scoreGraph(recipe, batch)),
  };
}
