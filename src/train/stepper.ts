import { UsageError } from "../core/index.ts";
import { allocate, type Runtime, type Session, type Value } from "../runtime/index.ts";
import { type BatchFeed, batchFeed } from "./batch-feed.ts";
import { names } from "./names.ts";
import type { CompiledGraph, Plan } from "./plan.ts";
import { DoubleState, type Scalars } from "./state.ts";

/** One update of the weights, whatever it is made of. */
export interface Stepper {
  readonly state: DoubleState;
  /** Steps in one pass over the training pictures. */
  readonly stepsPerEpoch: number;
  /**
   * Updates the state from the step'th batch of `order`, and returns the mean loss before the update and the number of
   * pictures. When the loss is not finite the state is left as it was.
   */
  step(order: Int32Array, step: number): Promise<{ loss: number; count: number }>;
}

interface Bound {
  readonly feed: BatchFeed;
  /** One prepared run for each side of the double state. */
  readonly run: readonly [() => Promise<void>, () => Promise<void>];
}

const bothSides = (bind: (side: 0 | 1) => () => Promise<void>): Bound["run"] => [bind(0), bind(1)];
const next = (values: Readonly<Record<string, Value>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [names.next(name), value]));

async function sessionOf(runtime: Runtime, model: Uint8Array, plan: Plan): Promise<Session> {
  return await runtime.createSession(model, plan.threads === undefined ? {} : { threads: plan.threads });
}

function sized<T extends { readonly feed: BatchFeed }>(
  bound: readonly T[],
  graphs: readonly CompiledGraph[],
  count: number,
): T {
  const index = graphs.findIndex(({ batch }) => batch === count);
  if (index < 0) throw new UsageError("training", `no graph was traced for a batch of ${count}`, "make the plan again");
  return bound[index];
}

/** One graph a step: the usual case. */
async function batchStepper(
  plan: Plan,
  runtime: Runtime,
  scalars: Scalars,
  graphs: readonly CompiledGraph[],
): Promise<Stepper> {
  const state = new DoubleState([...plan.parameters, ...plan.slots], plan.initial);
  const loss = allocate("float32", []);
  const bound: Bound[] = [];
  for (const { batch, model } of graphs) {
    const session = await sessionOf(runtime, model, plan);
    const feed = batchFeed(plan.pictures, batch);
    const run = bothSides((side) =>
      session.bind({ ...feed.values, ...scalars.values, ...state.front(side) }, { loss, ...next(state.back(side)) }),
    );
    bound.push({ feed, run });
  }
  const count = plan.train.length;
  return {
    state,
    stepsPerEpoch: Math.ceil(count / graphs[0].batch),
    async step(order, step) {
      const start = step * graphs[0].batch;
      const size = Math.min(graphs[0].batch, count - start);
      const { feed, run } = sized(bound, graphs, size);
      feed.fill(order, start);
      await run[state.side]();
      const value = loss.data[0] as number;
      if (Number.isFinite(value)) state.swap();
      return { loss: value, count: size };
    },
  };
}

/** The gradient of the whole training set, summed over chunks that fit into memory, then one update. */
async function fullBatchStepper(
  plan: Plan,
  runtime: Runtime,
  scalars: Scalars,
  { accumulate, apply }: { accumulate: readonly CompiledGraph[]; apply: Uint8Array },
): Promise<Stepper> {
  const state = new DoubleState([...plan.parameters, ...plan.slots], plan.initial);
  const sums = new DoubleState(
    plan.parameters.map(({ name, shape }) => ({ name: names.sum(name), shape })),
    {},
  );
  const count = plan.train.length;
  const share = { dtype: "float32" as const, shape: [], data: Float32Array.of(1 / count) };
  const loss = allocate("float32", []);
  const bound: { feed: BatchFeed; run: readonly Bound["run"][] }[] = [];
  for (const { batch, model } of accumulate) {
    const session = await sessionOf(runtime, model, plan);
    const feed = batchFeed(plan.pictures, batch);
    // For each side of the parameters, one prepared run for each side of the sums.
    const run = ([0, 1] as const).map((side) =>
      bothSides((sumSide) => {
        const weights = Object.fromEntries(plan.parameters.map(({ name }) => [name, state.front(side)[name]]));
        const feeds = { ...feed.values, share, ...weights, ...sums.front(sumSide) };
        return session.bind(feeds, { loss, ...next(sums.back(sumSide)) });
      }),
    );
    bound.push({ feed, run });
  }
  const update = await sessionOf(runtime, apply, plan);
  const updates = ([0, 1] as const).map((side) =>
    bothSides((sumSide) =>
      update.bind({ ...scalars.values, ...state.front(side), ...sums.front(sumSide) }, next(state.back(side))),
    ),
  );
  return {
    state,
    stepsPerEpoch: 1,
    async step(order) {
      for (const { data } of Object.values(sums.front())) (data as Float32Array).fill(0);
      let total = 0;
      for (let start = 0; start < count; ) {
        const size = Math.min(accumulate[0].batch, count - start);
        const { feed, run } = sized(bound, accumulate, size);
        feed.fill(order, start);
        await run[state.side][sums.side]();
        sums.swap();
        total += loss.data[0] as number;
        start += size;
      }
      if (Number.isFinite(total)) {
        await updates[state.side][sums.side]();
        state.swap();
      }
      return { loss: total, count };
    },
  };
}

/** Builds the sessions of a plan's steps. `scalars` must hold every scalar input already. */
export function createStepper(plan: Plan, runtime: Runtime, scalars: Scalars): Promise<Stepper> {
  const { steps } = plan;
  return steps.kind === "batch"
    ? batchStepper(plan, runtime, scalars, steps.graphs)
    : fullBatchStepper(plan, runtime, scalars, steps);
}
