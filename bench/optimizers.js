/**
 * The optimizers beside each other on Fashion-MNIST: accuracy for the same number of epochs, and for the same time.
 *
 *   npm run build && node bench/optimizers.js
 *   node bench/optimizers.js --models cnn --optimizers adam,lion --pictures 6000 --epochs 1 --seeds 1
 *
 * Every optimizer tries its own learning rates, each with a cosine schedule and the same seeds; the rate with the best mean
 * accuracy on the validation pictures is the one whose test accuracy is told. Then the time of the slowest optimizer is
 * given to all: the cheaper ones run more epochs, as many as fit. One JSON line a result on stdout, the table on stderr.
 * On two cores beside other work it takes half an hour; `--threads 1` is the quicker way then.
 */
import { parseArgs } from "node:util";
import { chosen } from "../dist/core/index.js";
import * as argmin from "../dist/index.js";
import { optimizers } from "../dist/optimizers/index.js";
import { openRuntime } from "../dist/runtime/node/index.js";
import { makePlan } from "../dist/train/index.js";
import { StepScalars } from "../dist/train/step-scalars.js";
import { createStepper } from "../dist/train/stepper.js";
import { hasShared, median, shared } from "./support.js";

/** Rates around what suits each on these pictures, in factors of about 3. */
const candidates = {
  momentum: { rates: [0.01, 0.03, 0.1] },
  adam: { rates: [1e-3, 3e-3, 1e-2] },
  adamw: { rates: [1e-3, 3e-3, 1e-2] },
  lion: { rates: [1e-4, 3e-4, 1e-3] },
  muon: { rates: [1e-3, 3e-3, 1e-2] },
};
const models = { mlp: argmin.mlp, cnn: argmin.cnn };

/** What the library chooses for this many pictures. */
const BATCH = 64;

const { values } = parseArgs({
  options: {
    models: { type: "string", default: "mlp,cnn" },
    optimizers: { type: "string", default: "momentum,adam,adamw,lion,muon" },
    pictures: { type: "string", default: "12000" },
    epochs: { type: "string", default: "2" },
    seeds: { type: "string", default: "2" },
    threads: { type: "string", default: "2" },
    "same-epochs-only": { type: "boolean", default: false },
  },
});
const threads = Number(values.threads);
const names = values.optimizers.split(",");
const unknown = [
  ...values.models.split(",").filter((name) => !(name in models)),
  ...names.filter((name) => !(name in candidates)),
];
if (unknown.length > 0) {
  console.error(`there is no ${unknown[0]}; models: ${Object.keys(models)}; optimizers: ${Object.keys(candidates)}`);
  process.exit(2);
}
if (!hasShared) {
  console.error("Fashion-MNIST is not here: put its four files into ../shared/data/fashion-mnist");
  process.exit(0);
}

/** The first `count` training pictures, and all test pictures. */
async function part(count) {
  const source = await argmin.idxFolder(`${shared}/data/fashion-mnist`);
  let left = count;
  const kept = source.declared.flatMap((split, i) => (split === "test" || left-- > 0 ? [i] : []));
  const { uniform } = source;
  const size = uniform.height * uniform.width * uniform.channels;
  const pixels = new Uint8Array(kept.length * size);
  kept.forEach((from, to) => {
    pixels.set(uniform.pixels.subarray(from * size, (from + 1) * size), to * size);
  });
  return {
    ...source,
    paths: kept.map((i) => source.paths[i]),
    labels: Int32Array.from(kept, (i) => source.labels[i]),
    declared: kept.map((i) => source.declared[i]),
    uniform: { ...uniform, pixels },
    read: (index) => source.read(kept[index]),
  };
}

const mean = (numbers) => numbers.reduce((total, value) => total + value, 0) / numbers.length;

/**
 * Milliseconds of a step by optimizer: the medians of rounds in which each makes ten steps in turn, so that whatever else
 * the machine does slows all of them alike.
 */
async function stepTimes(data, model, rounds = 15) {
  const runtime = await openRuntime("auto");
  const count = 4 * BATCH;
  const { height, width, channels, pixels } = data.uniform;
  const pictures = {
    height,
    width,
    channels,
    labels: data.labels.slice(0, count),
    store: { kind: "memory", pixels: new Uint8Array(new SharedArrayBuffer(count * height * width * channels)) },
  };
  pictures.store.pixels.set(pixels.subarray(0, pictures.store.pixels.length));
  const steppers = {};
  for (const name of names) {
    const plan = makePlan({
      recipe: {
        model: models[model](),
        loss: argmin.crossEntropy(),
        regularizers: [],
        optimizer: chosen("optimizer", optimizers[name]),
        normalization: { mean: [0.29], deviation: [0.35] },
        ...{ height, width, channels, classes: data.classes.length },
      },
      schedule: argmin.constantRate(),
      seed: 0,
      epochs: 1,
      batchSize: BATCH,
      pictures,
      train: Int32Array.from({ length: count }, (_, i) => i),
      validation: new Int32Array(0),
      test: new Int32Array(0),
      device: "auto",
      threads,
    });
    const { scalars } = new StepScalars(plan);
    steppers[name] = { stepper: await createStepper(plan, runtime, scalars), order: plan.train, times: [] };
  }
  for (let round = 0; round < rounds; round++) {
    for (const { stepper, order, times } of Object.values(steppers)) {
      const started = performance.now();
      for (let i = 0; i < 10; i++) await stepper.step(order, i % stepper.stepsPerEpoch);
      if (round > 0) times.push((performance.now() - started) / 10);
    }
  }
  return Object.fromEntries(Object.entries(steppers).map(([name, { times }]) => [name, median(times)]));
}

/** One optimizer at one rate: mean accuracies over the seeds. */
async function tried(data, model, name, learningRate, epochs) {
  const runs = [];
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    const optimizer = chosen("optimizer", optimizers[name], { learningRate });
    const run = await argmin.train({ data, model: models[model](), optimizer, epochs, seed, threads });
    const { trainLoss } = run.history.at(-1);
    runs.push({ trainLoss, validation: run.validation.accuracy, test: run.test.accuracy });
  }
  const of = (figure) => runs.map((run) => run[figure]);
  return {
    learningRate,
    validation: mean(of("validation")),
    test: mean(of("test")),
    tests: of("test"),
    trainLoss: mean(of("trainLoss")),
  };
}

/** The best of an optimizer's rates. */
async function best(data, model, name, epochs, ms) {
  const all = [];
  for (const rate of candidates[name].rates) all.push(await tried(data, model, name, rate, epochs));
  const winner = all.reduce((a, b) => (b.validation > a.validation ? b : a));
  return {
    model,
    optimizer: name,
    epochs,
    ms,
    ...winner,
    tried: all.map(({ learningRate, validation }) => [learningRate, validation]),
  };
}

const rounded = (_, value) => (typeof value === "number" ? Number(value.toPrecision(4)) : value);
const row = ({ model, optimizer, epochs, learningRate, test, trainLoss, ms }) =>
  [
    model.padEnd(5),
    optimizer.padEnd(10),
    String(epochs).padStart(6),
    String(learningRate).padStart(8),
    `${(100 * test).toFixed(2)} %`.padStart(9),
    trainLoss.toFixed(4).padStart(11),
    ms.toFixed(2).padStart(8),
  ].join(" ");

const data = await part(Number(values.pictures));
const told = (comparison, result) => {
  console.log(JSON.stringify({ comparison, ...result }, rounded));
  console.error(row(result));
};
for (const model of values.models.split(",")) {
  console.error(`\n${model}, ${values.pictures} pictures, ${values.seeds} seeds`);
  console.error("model optimizer  epochs     rate      test  train loss  ms/step");
  const ms = await stepTimes(data, model);
  const epochs = Number(values.epochs);
  for (const name of names) told("epochs", await best(data, model, name, epochs, ms[name]));
  if (values["same-epochs-only"]) continue;
  console.error("in the time of the slowest:");
  const slowest = Math.max(...Object.values(ms));
  for (const name of names) {
    const more = Math.round((epochs * slowest) / ms[name]);
    if (more > epochs) told("time", await best(data, model, name, more, ms[name]));
  }
}
