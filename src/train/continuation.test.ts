/** A run that was cut and goes on ends where the undisturbed one ends, to the last bit. */
import { describe, expect, test } from "vitest";
import { distance, planOf, recipe, run, trainerOf } from "../../test/tiny.ts";
import { mlp, resnet } from "../models/index.ts";
import { adam, gradientDescent } from "../optimizers/index.ts";
import { loadNative } from "../runtime/node/index.ts";
import type { TrainEvent } from "./events.ts";
import type { PlanRequest } from "./make-plan.ts";
import type { EpochEnd, Standing } from "./standing.ts";
import { Trainer } from "./trainer.ts";

const native = await loadNative({ threads: 1 });
if (native instanceof Error) throw native;

type Last = Extract<TrainEvent, { type: "interrupted" | "epoch" | "checkpoint" }>;

/** Runs until the stop is asked for the n-th time; what it left, as it would come out of a file. */
async function cutAt(request: Partial<PlanRequest>, n: number) {
  const events: TrainEvent[] = [];
  let asked = 0;
  await (await trainerOf(request)).run(
    (event) => events.push(event),
    () => ++asked === n,
  );
  const epochs = events.filter((event) => event.type === "epoch");
  const last = events.findLast((event) => event.type === "interrupted" || event.type === "epoch") as Last;
  const ended: EpochEnd[] = epochs.map(({ trainLoss, validation }) => ({ trainLoss, validation }));
  return { state: last.state, standing: JSON.parse(JSON.stringify(last.standing)) as Standing, ended };
}

async function goOn(request: Partial<PlanRequest>, { state, standing, ended }: Awaited<ReturnType<typeof cutAt>>) {
  const plan = { ...planOf(request), initial: state, from: { standing, ended, positions: [] } };
  return await run({}, await Trainer.create(plan, native as Exclude<typeof native, Error>));
}

/** The smallest network with batch norm. */
const normed = resnet({ depth: 8, width: 2 });

const rows: [string, Partial<PlanRequest>][] = [
  ["plain steps", {}],
  [
    "adam, dropout, augmentation, averages and a schedule that looks at the losses",
    {
      recipe: { ...recipe, model: mlp({ hidden: [5], dropout: 0.3 }), optimizer: adam({ learningRate: 0.05 }) },
      schedule: { kind: "schedule", name: "plateau", options: { patience: 0, threshold: 0.5 } },
      augment: [{ kind: "augmentation", name: "flip", options: {} }],
      averageWeights: 0.9,
      epochs: 3,
    },
  ],
  ["several batches a step", { accumulate: 2, epochs: 3 }],
  ["the whole set a step", { recipe: { ...recipe, optimizer: gradientDescent({ learningRate: 0.1 }) }, epochs: 4 }],
  ["running statistics, their averages", { recipe: { ...recipe, model: normed }, averageWeights: 0.9, accumulate: 2 }],
  ["a number of steps that ends within an epoch", { maxSteps: 6 }],
];

describe.each(rows)("%s", (_, request) => {
  test("cut after any step", async () => {
    const whole = await run(request);
    for (const n of [1, 3]) {
      const cut = await cutAt(request, n);
      const rest = await goOn(request, cut);
      expect(distance(whole.state, rest.state), `cut at ${n}`).toBe(0);
      const last = ({ seconds: _seconds, standing: _standing, state: _state, ...facts }: (typeof whole.epochs)[0]) =>
        facts;
      expect(rest.epochs.map(last)).toEqual(whole.epochs.slice(-rest.epochs.length).map(last));
    }
  });
});

test("cut after the last step of an epoch, the look at the validation pictures is made up for", async () => {
  // 28 pictures in batches of 8: four steps an epoch.
  const cut = await cutAt({}, 4);
  expect(cut.standing).toMatchObject({ epoch: 1, step: 4, looked: false });
  const rest = await goOn({}, cut);
  expect(rest.epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
});

test("a run that is over does nothing more, and a longer one goes on within its epoch", async () => {
  const short = await run({ maxSteps: 6 });
  expect(short.epochs.map(({ epoch, step }) => [epoch, step])).toEqual([
    [1, 4],
    [2, 6],
  ]);
  const [end, ended] = [
    short.epochs.at(-1)!,
    short.epochs.map(({ trainLoss, validation }) => ({ trainLoss, validation })),
  ];
  const left = { state: end.state, standing: end.standing!, ended };
  const plan = { ...planOf({ maxSteps: 6 }), initial: left.state, from: { ...left, positions: [] } };
  const events: TrainEvent[] = [];
  await (await Trainer.create(plan, native as Exclude<typeof native, Error>)).run(
    (event) => events.push(event),
    () => false,
  );
  expect(events.map(({ type }) => type)).toEqual(["ready", "finished"]);
  // The constant rate does not know how long the run is, so the longer run is the same all along.
  const longer = await goOn({ maxSteps: 8 }, left);
  expect(longer.epochs.map(({ epoch, step }) => [epoch, step])).toEqual([[2, 8]]);
  expect(distance((await run({ maxSteps: 8 })).state, longer.state)).toBe(0);
});

test("patience ends a run, says so, and ends it again when it goes on", async () => {
  // A rate that moves nothing: the first epoch stays the best.
  const still = { ...recipe, optimizer: { ...recipe.optimizer, options: { learningRate: 1e-30 } } };
  const { events, epochs } = await run({ recipe: still, epochs: 9, patience: 2 });
  expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  expect(events.at(-1)).toEqual({ type: "finished", early: true });
  const ended = epochs.map(({ trainLoss, validation }) => ({ trainLoss, validation }));
  const left = { state: epochs[2]!.state, standing: epochs[2]!.standing!, ended };
  const plan = {
    ...planOf({ recipe: still, epochs: 9, patience: 2 }),
    initial: left.state,
    from: { ...left, positions: [] },
  };
  const again: TrainEvent[] = [];
  await (await Trainer.create(plan, native as Exclude<typeof native, Error>)).run(
    (event) => again.push(event),
    () => false,
  );
  expect(again.at(-1)).toEqual({ type: "finished", early: true });
  expect(again.some(({ type }) => type === "epoch")).toBe(false);
});

test("a checkpoint within an epoch is one that a run can go on from", async () => {
  const events: TrainEvent[] = [];
  await (await trainerOf({ checkpointSeconds: 1e-9 })).run(
    (event) => events.push(event),
    () => false,
  );
  const whole = await run();
  const marks = events.filter((event) => event.type === "checkpoint");
  expect(marks.map(({ standing: { epoch, step } }) => [epoch, step]).slice(0, 5)).toEqual([
    [1, 1],
    [1, 2],
    [1, 3],
    [1, 4],
    [2, 5],
  ]);
  const rest = await goOn({}, { ...marks[1]!, ended: [] });
  expect(distance(whole.state, rest.state)).toBe(0);
});

test("a budget of seconds ends the run with an epoch that may be a part of one", async () => {
  const { epochs, events } = await run({ seconds: 0.2 });
  expect(events.filter(({ type }) => type === "position").length).toBeGreaterThan(2);
  expect(events.at(-1)).toEqual({ type: "finished" });
  expect(epochs.at(-1)!.standing!.seconds).toBeGreaterThan(0.19);
});
