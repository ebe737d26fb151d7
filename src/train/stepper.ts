import { InternalError, sizeOf, UsageError } from "../core/index.ts";
import { memoryRows, type PixelRows } from "../data/index.ts";
import { partOfName } from "../onnx/index.ts";
import { allocate, type Places, partOf, type Runtime, type Session, type SessionOptions } from "../runtime/index.ts";
import { augmenterOf, type BatchFeed, batchFeed, noiseFeed, weightOf } from "./batch-feed.ts";
import type { Feeder } from "./feeder.ts";
import { names } from "./names.ts";
import { openGraph } from "./open-graph.ts";
import { type CompiledGraph, type Plan, type StateBlock, type StepGraphs, stateBlocks } from "./plan.ts";
import { type Blocks, DoubleState, type Scalars } from "./state.ts";

/** The mean loss before an update, and how much the pictures of the step count: their number, unless they have weights. */
export interface StepResult {
  readonly loss: number;
  readonly weight: number;
}

/** One update of the weights, whatever it is made of. */
export interface Stepper {
  readonly state: DoubleState;
  /** Steps in one pass over the training pictures. */
  readonly stepsPerEpoch: number;
  /**
   * Updates the state from the pictures of `order` that are this step's. When the loss is not finite the weights are left as
   * they were; velocities of a large network may then be worth nothing.
   * @param index of the step in its epoch, from 0
   * @param number of the step in the run, from 1: it decides what dropout leaves out
   * @param stop asked between the parts of a long step
   * @returns undefined when it was told to stop before the update
   */
  step(order: Int32Array, index: number, number?: number, stop?: () => boolean): Promise<StepResult | undefined>;
}

/** Where an input or output of a session lies: in a place of its name, or in one that its name tells. */
function placeOf(name: string, find: (whole: string) => Places[string] | undefined): Places[string] | undefined {
  const own = find(name);
  if (own !== undefined) return own;
  const { whole, index, count } = partOfName(name);
  const place = find(whole);
  return place && partOf(place, index, count);
}

/** The outputs of a session that are the next state, each in its block. */
function next({ outputNames }: Session, blocks: Blocks): Places {
  const byOutput = new Map(Object.entries(blocks).map(([name, block]) => [names.next(name), block]));
  return Object.fromEntries(
    outputNames.flatMap((name) => {
      const place = placeOf(name, (whole) => byOutput.get(whole));
      return place === undefined ? [] : [[name, place]];
    }),
  );
}

/**
 * From so many bytes of state on, memory counts for more than time. Without a plan (SessionOptions) mlp100m takes 1,952 MB
 * instead of 2,243 in the same time, the cnn 153 instead of 186 and up to 5 % longer.
 */
const LARGE = 2 ** 28;

/** The state that a graph writes stays where the runtime computes. */
const optionsFor = (written: readonly StateBlock[]): SessionOptions => ({
  kept: written.map(({ name }) => names.next(name)),
  planned: written.reduce((bytes, { shape }) => bytes + Float32Array.BYTES_PER_ELEMENT * sizeOf(shape), 0) < LARGE,
});

/** The parts of the state that all of the sessions may write where they read them. */
function writtenInPlace(sessions: readonly Session[], written: readonly StateBlock[]): ReadonlySet<string> {
  const allowed = sessions.map(({ outputNames }) => {
    const said = outputNames.map(partOfName).filter(({ whole, over = "" }) => whole === names.next(over));
    return new Set(said.map(({ over }) => over));
  });
  return new Set(written.map(({ name }) => name).filter((name) => allowed.every((one) => one.has(name))));
}

/** Of everything that there is, what a session takes. */
function feedsOf(session: Session, ...sources: readonly Places[]): Places {
  const entries = session.inputNames.map((name): [string, Places[string]] => {
    const place = placeOf(name, (whole) => sources.find((values) => values[whole] !== undefined)?.[whole]);
    if (place === undefined) throw new InternalError(`nothing feeds the input ${name} of a step`);
    return [name, place];
  });
  return Object.fromEntries(entries);
}

function sized<T extends { readonly batch: number }>(bound: readonly T[], batch: number): T {
  const found = bound.find((one) => one.batch === batch);
  if (found === undefined)
    throw new UsageError("training", `no graph was traced for a batch of ${batch}`, "make the plan again");
  return found;
}

/** Where batches come from: rows that are read here, and a feeder that may have prepared them. */
interface Supply {
  readonly rows: PixelRows;
  readonly feeder: Feeder | undefined;
  /** The plan's first values may be written over: nobody else wants them. */
  readonly owned: boolean;
}

/** What a graph is prepared for: the blocks that it writes. */
interface Target {
  readonly plan: Plan;
  readonly runtime: Runtime;
  readonly written: readonly StateBlock[];
}

/** A graph with the buffers of its batches and its noise. */
async function prepare({ plan, runtime, written }: Target, { rows, feeder }: Supply, graph: CompiledGraph) {
  const { batch, noise } = graph;
  const session = await openGraph(runtime, graph, plan.threads, optionsFor(written));
  const feed = batchFeed(plan.pictures, rows, batch, plan.classes, augmenterOf(plan, rows));
  return { batch, session, feed: feeder === undefined ? feed : fed(feed, feeder), noise: noiseFeed(noise) };
}

const fed = ({ values, fill }: BatchFeed, feeder: Feeder): BatchFeed => ({
  values,
  fill: (order, start, epoch = 1) => {
    if (!feeder.take(epoch, start, values)) fill(order, start, epoch);
  },
});

/** The epoch of a step, both from 1. */
const epochOf = (step: number, stepsPerEpoch: number) => Math.floor((step - 1) / stepsPerEpoch) + 1;

const sides = [0, 1] as const;
const stateOf = (plan: Plan, runtime: Runtime, { owned }: Supply, once?: ReadonlySet<string>) =>
  new DoubleState(runtime, stateBlocks(plan), plan.initial, owned, once);

/** One graph a step: the usual case. */
async function batchStepper(
  plan: Plan,
  runtime: Runtime,
  supply: Supply,
  scalars: Scalars,
  graphs: readonly CompiledGraph[],
): Promise<Stepper> {
  const written = stateBlocks(plan);
  const loss = allocate("float32", []);
  scalars.set(names.share, 1);
  const prepared = await Promise.all(graphs.map((graph) => prepare({ plan, runtime, written }, supply, graph)));
  const sessions = prepared.map(({ session }) => session);
  const state = stateOf(plan, runtime, supply, writtenInPlace(sessions, written));
  const bound = prepared.map(({ session, ...rest }) => {
    const run = sides.map((side) => {
      const feeds = feedsOf(session, rest.feed.values, rest.noise.values, scalars.values, state.front(side));
      return session.bind(feeds, { loss, ...next(session, state.back(side)) });
    });
    return { ...rest, run };
  });
  const count = plan.train.length;
  const whole = graphs[0].batch;
  const stepsPerEpoch = Math.ceil(count / whole);
  return {
    state,
    stepsPerEpoch,
    async step(order, index, number = index + 1) {
      const start = index * whole;
      const end = Math.min(start + whole, count);
      const { feed, noise, run } = sized(bound, end - start);
      feed.fill(order, start, epochOf(number, stepsPerEpoch));
      noise.draw(plan.seed, number, 0);
      const weight = weightOf(plan.pictures, order, start, end);
      scalars.set(names.share, shareOf(weight));
      await run[state.side]();
      const value = loss.data[0] as number;
      if (Number.isFinite(value)) state.swap();
      return { loss: value, weight };
    },
  };
}

/** 1 / Σ wᵢ; pictures that do not count at all give a loss and a gradient of 0. */
const shareOf = (weight: number) => (weight === 0 ? 0 : 1 / weight);

/**
 * The gradient of many pictures, summed over chunks that fit into memory, then one update: the whole training set of a
 * full-batch optimizer, or several batches whose gradients are accumulated.
 */
async function chunkStepper(
  plan: Plan,
  runtime: Runtime,
  supply: Supply,
  scalars: Scalars,
  { accumulate, apply, pictures }: Extract<StepGraphs, { kind: "chunks" }>,
): Promise<Stepper> {
  const state = stateOf(plan, runtime, supply);
  // What goes on from chunk to chunk: the sums, and the buffers, which the state has again after the update.
  const written = [...plan.parameters.map(({ name, shape }) => ({ name: names.sum(name), shape })), ...plan.buffers];
  const sums = new DoubleState(runtime, written, {});
  const zeros = await sums.snapshot();
  const loss = allocate("float32", []);
  scalars.set(names.share, 1);
  const bound = await Promise.all(
    accumulate.map(async (graph) => {
      const { batch, session, feed, noise } = await prepare({ plan, runtime, written }, supply, graph);
      // For each side of the parameters, one prepared run for each side of the sums.
      const run = sides.map((side) =>
        sides.map((sumSide) => {
          const data = [feed.values, noise.values, scalars.values];
          const feeds = feedsOf(session, ...data, sums.front(sumSide), state.front(side));
          return session.bind(feeds, { loss, ...next(session, sums.back(sumSide)) });
        }),
      );
      return { batch, feed, noise, run };
    }),
  );
  const update = await openGraph(runtime, { model: apply }, plan.threads, optionsFor(stateBlocks(plan)));
  const updates = sides.map((side) =>
    sides.map((sumSide) => {
      const feeds = feedsOf(update, scalars.values, sums.front(sumSide), state.front(side));
      return update.bind(feeds, next(update, state.back(side)));
    }),
  );
  const count = plan.train.length;
  const chunk = accumulate[0].batch;
  const stepsPerEpoch = Math.ceil(count / pictures);
  return {
    state,
    stepsPerEpoch,
    async step(order, index, number = index + 1, stop = () => false) {
      const first = index * pictures;
      const end = Math.min(first + pictures, count);
      const weight = weightOf(plan.pictures, order, first, end);
      scalars.set(names.share, shareOf(weight));
      sums.restore(zeros);
      for (const { name } of plan.buffers) sums.restore({ [name]: await state.front()[name].read() });
      let total = 0;
      for (let start = first, part = 0; start < end; start += chunk, part++) {
        if (part > 0 && stop()) return undefined;
        const { feed, noise, run } = sized(bound, Math.min(chunk, end - start));
        feed.fill(order, start, epochOf(number, stepsPerEpoch));
        noise.draw(plan.seed, number, part);
        await run[state.side][sums.side]();
        sums.swap();
        total += loss.data[0] as number;
      }
      if (Number.isFinite(total)) {
        await updates[state.side][sums.side]();
        state.swap();
      }
      return { loss: total, weight };
    },
  };
}

/**
 * Builds the sessions of a plan's steps. `scalars` must hold every scalar input already.
 * @param rows where the pixels are read from; needed for pictures that are not in memory
 * @param feeder who prepares batches ahead, if anyone does
 * @param owned the arrays of the plan's `initial` become the state instead of being copied: a large network is there once less
 */
export function createStepper(
  plan: Plan,
  runtime: Runtime,
  scalars: Scalars,
  rows: PixelRows = memoryRows(plan.pictures),
  feeder?: Feeder,
  owned = false,
): Promise<Stepper> {
  const { steps } = plan;
  if (steps.kind === "solve") throw new InternalError("a solver's plan was given to a trainer of steps");
  return steps.kind === "batch"
    ? batchStepper(plan, runtime, { rows, feeder, owned }, scalars, steps.graphs)
    : chunkStepper(plan, runtime, { rows, feeder, owned }, scalars, steps);
}
