import { choose, sizeOf, UsageError } from "../core/index.ts";
import { type AugmentationChoice, mixes } from "../data/index.ts";
import type { Graph } from "../ir/index.ts";
import { dropoutScalars, initialize, type Noise, type Parameter } from "../nn/index.ts";
import { lower, lowerNative, lowerWebgpu } from "../onnx/index.ts";
import { optimizers } from "../optimizers/index.ts";
import { devices as allDevices, type Device } from "../runtime/index.ts";
import { weightOf } from "./batch-feed.ts";
import { solveSteps } from "./convex/index.ts";
import { gradientNormGraph, MOST_WEIGHTS } from "./gradient-norm.ts";
import { names } from "./names.ts";
import type { CompiledGraph, Plan, StepGraphs } from "./plan.ts";
import { network, type Recipe, scoreGraph } from "./recipe.ts";
import { strengthsOf } from "./regularization.ts";
import { accumulateGraph, applyGraph, stepGraph } from "./step-graph.ts";
import { slotsOf } from "./update.ts";
import { isSolver } from "./ways.ts";

/** Pictures that are scored, or summed over, at once: enough to fill the processor, little memory. */
const CHUNK = 256;

export interface PlanRequest
  extends Pick<
    Plan,
    | "schedule"
    | "seed"
    | "epochs"
    | "maxSteps"
    | "seconds"
    | "patience"
    | "checkpointSeconds"
    | "batchSize"
    | "balanced"
    | "pictures"
    | "train"
    | "validation"
    | "test"
    | "device"
    | "threads"
  > {
  /** What the data brings along (weights, targets) and what the numbers below ask for need not be said in it. */
  readonly recipe: Recipe;
  readonly learningRate?: number;
  readonly warmUp?: number;
  readonly clipNorm?: number;
  readonly clipValue?: number;
  readonly averageWeights?: number;
  /** How training pictures are changed at random. */
  readonly augment?: readonly AugmentationChoice[];
  /** Pictures that will be scored beside those of the split. */
  readonly apart?: Int32Array;
  /** Batches whose gradients are summed before one update. */
  readonly accumulate?: number;
  /** Where the plan may be run, all devices unless said: what is lowered otherwise for a device is left out for the others. */
  readonly devices?: readonly Device[];
}

/** Sizes of batches that occur when `count` items are taken `size` at a time: whole ones, and the last. */
export function batchSizes(count: number, size: number): number[] {
  const whole = Math.min(size, count);
  const last = count % whole;
  return last === 0 ? [whole] : [whole, last];
}

function compile(
  devices: readonly Device[],
  name: string,
  sizes: readonly number[],
  trace: (batch: number) => Graph,
  noiseOf: (batch: number) => readonly Noise[] = () => [],
): CompiledGraph[] {
  return sizes.map((batch) => {
    const graph = trace(batch);
    const native = devices.includes("cpu") ? lowerNative(graph, `${name} of ${batch}`) : undefined;
    const webgpu = devices.includes("webgpu") ? lowerWebgpu(graph, `${name} of ${batch}`) : undefined;
    return {
      batch,
      model: lower(graph, `${name} of ${batch}`),
      ...(native === undefined ? {} : { native }),
      ...(webgpu === undefined ? {} : { webgpu }),
      noise: noiseOf(batch).map(({ name, shape, rate }) => ({ name, shape, rate })),
    };
  });
}

/** The recipe with all that shapes its graphs. */
function completed({ recipe, pictures, clipNorm, clipValue, averageWeights }: PlanRequest): Recipe {
  return {
    ...recipe,
    weighted: pictures.weights !== undefined,
    softTargets: pictures.targets !== undefined,
    clipNorm: clipNorm !== undefined,
    clipValue: clipValue !== undefined,
    averaged: averageWeights !== undefined,
  };
}

function stepsOf(
  recipe: Recipe,
  { train: { length: count }, batchSize, accumulate = 1, devices = allDevices }: PlanRequest,
): StepGraphs {
  const noiseOf = (batch: number) => network(recipe, batch, "training").noise;
  const { fullBatch } = choose("optimizer", optimizers, recipe.optimizer.name);
  if (!fullBatch && accumulate === 1) {
    const graphs = compile(devices, "step", batchSizes(count, batchSize), (batch) => stepGraph(recipe, batch), noiseOf);
    return { kind: "batch", graphs };
  }
  const sizes = batchSizes(count, fullBatch ? CHUNK : batchSize);
  return {
    kind: "chunks",
    pictures: fullBatch ? count : batchSize * accumulate,
    accumulate: compile(devices, "gradient", sizes, (batch) => accumulateGraph(recipe, batch), noiseOf),
    apply: lower(applyGraph(recipe), "update"),
  };
}

/** The graph that looks at the length of the gradient, where steps are taken and the network is not too large for it. */
function normOf(
  recipe: Recipe,
  parameters: readonly Parameter[],
  { train, batchSize, devices = allDevices }: PlanRequest,
): Pick<Plan, "gradientNorm"> {
  const weights = parameters.reduce((total, { shape }) => total + sizeOf(shape), 0);
  if (isSolver(recipe.optimizer.name) || weights > MOST_WEIGHTS) return {};
  const [gradientNorm] = compile(devices, "gradient norm", [Math.min(batchSize, train.length)], (size) =>
    gradientNormGraph(recipe, size),
  );
  return { gradientNorm };
}

/** The learning rate of a recipe; solvers have none. */
function rateOf({ optimizer: { name, options } }: Recipe): number {
  if (isSolver(name)) return 0;
  return (options.learningRate as number | undefined) ?? choose("optimizer", optimizers, name).defaults.learningRate;
}

/**
 * Traces, differentiates and lowers everything that a run needs. A graph is traced for one batch size; the smaller last
 * batch of an epoch gets a graph of its own, so every mean divides by the number of pictures that are really there.
 */
export function makePlan(request: PlanRequest): Plan {
  const {
    recipe: _given,
    apart = new Int32Array(0),
    learningRate,
    clipNorm,
    clipValue,
    averageWeights,
    accumulate: _accumulate,
    devices = allDevices,
    augment = [],
    ...rest
  } = request;
  const recipe = completed(request);
  const { train } = rest;
  if (train.length === 0) {
    throw new UsageError(
      "training",
      "there is no picture to train on",
      "give more pictures or a smaller test share",
      1,
    );
  }
  if (weightOf(request.pictures, train, 0, train.length) === 0) {
    throw new UsageError("training", "the weights of all training pictures are 0", "give some a weight above 0", 1);
  }
  const { parameters, buffers, noise } = network(recipe, 1, "training");
  const slots = isSolver(recipe.optimizer.name) ? [] : slotsOf(recipe, parameters);
  const averages = recipe.averaged ? [...parameters, ...buffers] : [];
  const initial = initialize(parameters, request.seed);
  for (const { name, shape, start } of [...buffers, ...slots]) {
    initial[name] = new Float32Array(sizeOf(shape)).fill(start);
  }
  for (const { name } of averages) initial[names.average(name)] = initial[name].slice();
  const scored = [request.validation, request.test, apart, train].flatMap(({ length }) =>
    length > 0 ? batchSizes(length, CHUNK) : [],
  );
  return {
    ...rest,
    warmUp: request.warmUp ?? 0,
    optimizer: recipe.optimizer,
    learningRate: learningRate ?? rateOf(recipe),
    constants: {
      ...Object.assign({}, ...recipe.regularizers.map(strengthsOf), ...noise.map(dropoutScalars)),
      ...(clipNorm === undefined ? {} : { [names.clipNorm]: clipNorm }),
      ...(clipValue === undefined ? {} : { [names.clipValue]: clipValue }),
    },
    ...(averageWeights === undefined ? {} : { averageWeights }),
    ...(augment.length === 0 ? {} : { augment }),
    classes: recipe.classes,
    parameters: parameters.map(({ name, shape }) => ({ name, shape })),
    buffers: buffers.map(({ name, shape }) => ({ name, shape })),
    slots: [
      ...slots.map(({ name, shape }) => ({ name, shape })),
      ...averages.map(({ name, shape }) => ({ name: names.average(name), shape })),
    ],
    initial,
    steps: isSolver(recipe.optimizer.name)
      ? solveSteps(request, recipe)
      : stepsOf(mixes(augment) ? { ...recipe, softTargets: true } : recipe, request),
    score: compile(devices, "scores", [...new Set(scored)], (batch) => scoreGraph(recipe, batch)),
    ...normOf(recipe, parameters, request),
  };
}
