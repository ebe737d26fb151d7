/**
 * What augmentation costs: one step of cnn on 32×32 in colour, batch 64 (the one of step.js), with and without it.
 *
 *   npm run --silent build && node bench/augment.js            A B A B …, `standard`
 *   node bench/augment.js strong 9                             another preset or list, more rounds
 *
 * Prints one JSON line a preset with the processor's own time for a batch, then one line with the ratio of pictures a second:
 * the median over the rounds of (with / without), each round one measurement of either in turn. The trainer is that of a real
 * run, in this thread, with its feeder thread; `synchronous` has the same changes made in the step's own thread.
 */
import { pathToFileURL } from "node:url";
import { median } from "./support.js";

const SIZE = { height: 32, width: 32, channels: 3 };
const BATCH = 64;
const COUNT = 1024;
const STEPS = 24;

async function request(augment) {
  const { Random, chosen } = await import("../dist/core/index.js");
  const { models } = await import("../dist/models/index.js");
  const { crossEntropy } = await import("../dist/losses/index.js");
  const { momentum } = await import("../dist/optimizers/index.js");
  const { makePlan } = await import("../dist/train/index.js");
  const random = new Random(0, "bench");
  const size = COUNT * SIZE.height * SIZE.width * SIZE.channels;
  const pixels = new Uint8Array(new SharedArrayBuffer(size)).map(() => random.below(256));
  const labels = Int32Array.from({ length: COUNT }, () => random.below(10));
  return makePlan({
    recipe: {
      model: chosen("model", models.cnn),
      loss: crossEntropy(),
      regularizers: [],
      optimizer: momentum({ learningRate: 0.01 }),
      normalization: { mean: [0.5, 0.5, 0.5], deviation: [0.29, 0.29, 0.29] },
      ...SIZE,
      classes: 10,
    },
    schedule: { kind: "schedule", name: "constant", options: {} },
    seed: 0,
    epochs: 1,
    batchSize: BATCH,
    augment,
    pictures: { store: { kind: "memory", pixels }, labels, ...SIZE },
    train: Int32Array.from({ length: COUNT }, (_, i) => i),
    validation: new Int32Array(0),
    test: new Int32Array(0),
    device: "auto",
  });
}

/** Milliseconds of this thread for one batch: the copy and the changes, no step. */
export async function batchMs(augment, rounds = 15) {
  const { memoryRows } = await import("../dist/data/index.js");
  const { augmenterOf, batchFeed, orderOf } = await import("../dist/train/index.js");
  const plan = await request(augment);
  const rows = memoryRows(plan.pictures);
  const feed = batchFeed(plan.pictures, rows, BATCH, 10, augmenterOf(plan, rows));
  const order = orderOf(plan, 1);
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    for (let start = 0; start < COUNT; start += BATCH) feed.fill(order, start, round + 1);
    const { user, system } = process.cpuUsage(before);
    times.push(((user + system) / 1000) * (BATCH / COUNT));
  }
  return median(times.slice(3));
}

/** A stepper that goes on through the epochs, and what it needs to be ended. */
async function stepper(augment, feeding) {
  const { memoryRows } = await import("../dist/data/index.js");
  const { createStepper } = await import("../dist/train/stepper.js");
  const { Scalars } = await import("../dist/train/state.js");
  const { orderOf } = await import("../dist/train/index.js");
  const { openRuntime } = await import("../dist/runtime/node/index.js");
  const { startFeeder } = await import("../dist/train/node/feeder.js");
  const plan = await request(augment);
  const scalars = new Scalars();
  scalars.set("scalar.learningRate", 0.001);
  scalars.set("scalar.momentum", 0.9);
  const feeder = feeding ? startFeeder(plan) : undefined;
  const made = await createStepper(plan, await openRuntime("auto"), scalars, memoryRows(plan.pictures), feeder);
  let number = 0;
  let order = plan.train;
  const step = async () => {
    const index = number % made.stepsPerEpoch;
    if (index === 0) order = orderOf(plan, number / made.stepsPerEpoch + 1);
    await made.step(order, index, ++number);
  };
  return { step, close: () => feeder?.close() };
}

/** Milliseconds of one step, and of the processor for it, as medians. */
async function measure(step) {
  const times = [];
  const before = process.cpuUsage();
  for (let i = 0; i < STEPS; i++) {
    const start = performance.now();
    await step();
    times.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  return { ms: median(times), cpuMs: (user + system) / 1000 / STEPS };
}

async function compare(augment, rounds) {
  const plain = await stepper([], false);
  const fed = await stepper(augment, true);
  const synchronous = await stepper(augment, false);
  for (const { step } of [plain, fed, synchronous]) for (let i = 0; i < 8; i++) await step();
  const figures = { plain: [], fed: [], synchronous: [] };
  for (let round = 0; round < rounds; round++) {
    figures.plain.push(await measure(plain.step));
    figures.fed.push(await measure(fed.step));
    figures.synchronous.push(await measure(synchronous.step));
  }
  for (const { close } of [plain, fed, synchronous]) close();
  const ratio = (name) => Number(median(figures[name].map(({ ms }, i) => figures.plain[i].ms / ms)).toFixed(3));
  const of = (name, key) => Number(median(figures[name].map((one) => one[key])).toFixed(2));
  return {
    rounds,
    step_ms: of("plain", "ms"),
    fed_ms: of("fed", "ms"),
    synchronous_ms: of("synchronous", "ms"),
    step_cpu_ms: of("plain", "cpuMs"),
    fed_cpu_ms: of("fed", "cpuMs"),
    synchronous_cpu_ms: of("synchronous", "cpuMs"),
    images_per_s: Math.round((1000 * BATCH) / of("fed", "ms")),
    ratio: ratio("fed"),
    ratio_synchronous: ratio("synchronous"),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { presets, settleAugment } = await import("../dist/data/index.js");
  const [wanted = "standard", rounds = "7"] = process.argv.slice(2);
  for (const name of Object.keys(presets)) {
    const ms = await batchMs(settleAugment(name));
    console.log(JSON.stringify({ augment: name, batch_cpu_ms: Number(ms.toFixed(3)) }));
  }
  const compared = await compare(settleAugment(wanted.split(",")), Number(rounds));
  console.log(JSON.stringify({ augment: wanted, ...compared }));
  process.exit(0);
}
