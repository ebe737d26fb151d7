import { gradients } from "../autodiff/index.ts";
import { sizeOf } from "../core/index.ts";
import type { PixelRows } from "../data/index.ts";
import { type Graph, graph, type Tensor } from "../ir/index.ts";
import { add, sqrt, square, sum } from "../ops/index.ts";
import { allocate, type Places, type Runtime, type Session, type Values } from "../runtime/index.ts";
import { batchFeed, weightOf } from "./batch-feed.ts";
import { names } from "./names.ts";
import { openGraph } from "./open-graph.ts";
import type { Plan, StateBlock } from "./plan.ts";
import { forward, type Recipe } from "./recipe.ts";
import { Regularization } from "./regularization.ts";
import { batchLoss } from "./step-graph.ts";

/** Weights up to which the norm is looked at: beyond it, a gradient of its own for one number costs too much memory. */
export const MOST_WEIGHTS = 2e7;

/** Weights nearer to 0 than this count as being there; what is 0 in truth is rarely so in floating point. */
const NEARLY_ZERO = 1e-4;

/**
 * `gradientNorm`: the Euclidean length of the gradient of loss and penalties over one batch, all parameters taken as one
 * vector, before any clipping, and without dropout.
 */
export function gradientNormGraph(recipe: Recipe, batch: number): Graph {
  const { net, perExample, inputs } = forward(recipe, batch, "noiseless");
  const { loss, weights } = batchLoss(recipe, perExample);
  const total = new Regularization(recipe).penalised(net.parameters, loss);
  const parts = gradients(
    total,
    net.parameters.map(({ tensor }) => tensor as Tensor),
  ).map((gradient) => sum(square(gradient)));
  return graph({ gradientNorm: sqrt(parts.reduce((all, one) => add(all, one))) }, [...inputs, ...weights]);
}

/** Looks at the gradient once an epoch: over the first batch of the training pictures in the epoch's order, as they are. */
export class GradientNorm {
  readonly #plan: Plan;
  readonly #runtime: Runtime;
  readonly #rows: PixelRows;
  #session: Session | undefined;

  constructor(plan: Plan, runtime: Runtime, rows: PixelRows) {
    this.#plan = plan;
    this.#runtime = runtime;
    this.#rows = rows;
  }

  /** @returns null where the plan has no graph for it */
  async measure(order: Int32Array, weights: Places, scalars: Values): Promise<number | null> {
    const { gradientNorm: compiled, pictures, classes, threads } = this.#plan;
    if (compiled === undefined) return null;
    this.#session ??= await openGraph(this.#runtime, compiled, threads);
    const { batch } = compiled;
    const feed = batchFeed(pictures, this.#rows, batch, classes);
    feed.fill(order, 0);
    const weight = weightOf(pictures, order, 0, batch);
    const share = allocate("float32", []);
    share.data[0] = weight === 0 ? 0 : 1 / weight;
    const all: Places = { ...feed.values, ...scalars, ...weights, [names.share]: share };
    const feeds = Object.fromEntries(this.#session.inputNames.map((name) => [name, all[name]]));
    const output = await this.#session.run(feeds);
    return output.gradientNorm.data[0] as number;
  }
}

/** The share of the weights that are nearly 0; biases, of rank 1, are not counted. Null where there is no weight. */
export function shareOfZeros(
  parameters: readonly StateBlock[],
  state: Readonly<Record<string, Float32Array>>,
): number | null {
  let zeros = 0;
  let count = 0;
  for (const { name, shape } of parameters) {
    if (shape.length < 2) continue;
    count += sizeOf(shape);
    for (const value of state[name]) if (Math.abs(value) < NEARLY_ZERO) zeros++;
  }
  return count === 0 ? null : zeros / count;
}
