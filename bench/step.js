/**
 * One optimisation step of linear, mlp and cnn, beside PyTorch.
 *
 *   npm run bench:step                    A B A B …, with the ratio of the medians
 *   npm run bench:step -- --json cnn      our figures alone, one JSON line a model
 *
 * The models, batches, optimizer and numbers of steps are those of ../shared/peers/torch_step.py: softmax cross-entropy,
 * SGD with momentum 0.9, float32, random pixels and labels. What is timed is the step of a real run: the copy of a batch
 * of bytes out of the data block, and one ONNX graph from bytes to new weights.
 */
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { hasShared, hasTorch, jsonLines, median, shared, torchLines } from "./support.js";

export const shapes = {
  linear: { model: "linear", height: 28, width: 28, channels: 1, batch: 64, steps: 400 },
  mlp: { model: "mlp", height: 28, width: 28, channels: 1, batch: 128, steps: 60 },
  cnn: { model: "cnn", height: 32, width: 32, channels: 3, batch: 64, steps: 20 },
  resnet20: { model: "resnet", options: { depth: 20 }, height: 32, width: 32, channels: 3, batch: 64, steps: 8 },
  "vit-tiny": { model: "vit", height: 32, width: 32, channels: 3, batch: 64, steps: 8 },
  mlp100m: {
    model: "mlp",
    options: { hidden: [8192, 8192, 1024] },
    height: 32,
    width: 32,
    channels: 3,
    batch: 128,
    steps: 4,
  },
};
const ROUNDS = 7;

/** What is trained: the model with its loss and optimizer. */
export async function recipeOf(name) {
  const { model, height, width, channels, options = {} } = shapes[name];
  const { chosen } = await import("../dist/core/index.js");
  const { models } = await import("../dist/models/index.js");
  const { crossEntropy } = await import("../dist/losses/index.js");
  const { momentum } = await import("../dist/optimizers/index.js");
  const perChannel = (value) => Array(channels).fill(value);
  return {
    model: chosen("model", models[model], options),
    loss: crossEntropy(),
    regularizers: [],
    optimizer: momentum({ learningRate: 0.01 }),
    normalization: { mean: perChannel(0.5), deviation: perChannel(0.29) },
    height,
    width,
    channels,
    classes: 10,
  };
}

/** The plan of a run over random pictures. */
export async function randomPlan(name) {
  const { height, width, channels, batch } = shapes[name];
  const { makePlan } = await import("../dist/train/index.js");
  const { Random } = await import("../dist/core/index.js");
  const count = 4 * batch;
  const random = new Random(0, "bench");
  const pixels = new Uint8Array(new SharedArrayBuffer(count * height * width * channels)).map(() => random.below(256));
  const labels = Int32Array.from({ length: count }, () => random.below(10));
  return makePlan({
    recipe: await recipeOf(name),
    schedule: { kind: "schedule", name: "constant", options: {} },
    seed: 0,
    epochs: 1,
    batchSize: batch,
    pictures: { store: { kind: "memory", pixels }, labels, height, width, channels },
    train: Int32Array.from({ length: count }, (_, i) => i),
    validation: new Int32Array(0),
    test: new Int32Array(0),
    device: "auto",
  });
}

/** A stepper over random pictures, as a run makes it. */
export async function randomStepper(name) {
  const { createStepper } = await import("../dist/train/stepper.js");
  const { Scalars } = await import("../dist/train/state.js");
  const { openRuntime } = await import("../dist/runtime/node/index.js");
  const plan = await randomPlan(name);
  const { batch } = shapes[name];
  const scalars = new Scalars();
  scalars.set("scalar.learningRate", 0.01);
  scalars.set("scalar.momentum", 0.9);
  const { runningScalars } = await import("../dist/nn/index.js");
  for (const [key, value] of Object.entries(runningScalars(1))) scalars.set(key, value);
  const parameters = plan.parameters.reduce((total, { name: key }) => total + plan.initial[key].length, 0);
  // As a run's thread does it: the first weights become the state.
  const stepper = await createStepper(plan, await openRuntime("auto"), scalars, undefined, undefined, true);
  return { stepper, order: plan.train, stepsPerEpoch: stepper.stepsPerEpoch, parameters, batch };
}

async function measure(name) {
  const { steps } = shapes[name];
  const { stepper, order, stepsPerEpoch, parameters, batch } = await randomStepper(name);
  const times = [];
  for (let i = 0; i < steps + Math.max(2, Math.floor(steps / 5)); i++) {
    const start = performance.now();
    await stepper.step(order, i % stepsPerEpoch);
    times.push(performance.now() - start);
  }
  const counted = times.slice(-steps).sort((a, b) => a - b);
  const middle = counted[counted.length >> 1];
  return {
    model: name,
    batch,
    params: parameters,
    median_ms: Number(middle.toFixed(3)),
    min_ms: Number(counted[0].toFixed(3)),
    images_per_s: Math.round((batch / middle) * 1000),
    peak_rss_mb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

/** Both, in turn: the median over the rounds of (PyTorch's median / ours); above 1 we are faster. */
export function compareWithTorch(name, rounds = ROUNDS) {
  const peer = join(shared, "peers", "torch_step.py");
  const own = [];
  const torch = [];
  for (let round = 0; round < rounds; round++) {
    own.push(jsonLines(process.execPath, [fileURLToPath(import.meta.url), "--json", name])[0]);
    torch.push(torchLines([peer, name])[0]);
  }
  const ratio = (figure) => Number(median(own.map((one, i) => torch[i][figure] / one[figure])).toFixed(3));
  const own_ms = median(own.map((one) => one.median_ms));
  const torch_ms = median(torch.map((one) => one.median_ms));
  const memory = Number(median(own.map((one, i) => one.peak_rss_mb / torch[i].peak_rss_mb)).toFixed(3));
  return { model: name, own_ms, torch_ms, ratio: ratio("median_ms"), ratio_of_minima: ratio("min_ms"), memory, rounds };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const args = process.argv.slice(2);
  const names = args.filter((arg) => !arg.startsWith("--"));
  const wanted = names.length > 0 ? names : Object.keys(shapes);
  for (const name of wanted) {
    if (!(name in shapes)) {
      console.error(`there is no model "${name}"; choose from ${Object.keys(shapes).join(", ")}`);
      process.exit(2);
    }
  }
  if (args.includes("--json") || !hasShared || !hasTorch()) {
    if (!args.includes("--json")) console.error("PyTorch or its program is not here: these are our figures alone.");
    for (const name of wanted) console.log(JSON.stringify(await measure(name)));
  } else {
    console.log("model    ours, ms   PyTorch, ms   PyTorch / ours   (of the fastest steps)");
    for (const name of wanted) {
      const { own_ms, torch_ms, ratio, ratio_of_minima } = compareWithTorch(name);
      const cells = [
        own_ms.toFixed(3).padStart(9),
        torch_ms.toFixed(3).padStart(12),
        `${ratio.toFixed(2)}×`.padStart(15),
      ];
      console.log(`${name.padEnd(7)}${cells.join("  ")}      ${ratio_of_minima.toFixed(2)}×`);
    }
  }
}
