/** Run folders as `argmin train` leaves them, made up: for the measurements of the Studio, which has to show hundreds. */
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";

const HEAD = "epoch,step,train_loss,validation_loss,validation_accuracy,learning_rate,gradient_norm,zeros,seconds";
const models = ["linear", "mlp", "cnn", "fastnet"];
const optimizers = ["adam", "momentum", "adamw"];

/** A run of which no two are alike; the same n gives the same one. */
export function writeRun(runs, n, epochs) {
  const folder = join(runs, `photos-${models[n % 4]}-${String(n).padStart(3, "0")}`);
  mkdirSync(join(folder, "checkpoints"), { recursive: true });
  const learningRate = 10 ** (-1 - (n % 7) / 2);
  const unit = (kind, name, options = {}) => ({ kind, name, options });
  const config = {
    argmin: "0.1.0",
    data: "photos",
    depth: null,
    model: unit("model", models[n % 4], { activation: "relu", normalization: "batch", filters: [16, 32] }),
    loss: unit("loss", "cross-entropy", { smoothing: 0 }),
    regularizers: [unit("regularizer", "l2", { strength: 1e-4 * (1 + (n % 3)) })],
    optimizer: unit("optimizer", optimizers[n % 3], { learningRate, beta1: 0.9, beta2: 0.999 }),
    schedule: unit("schedule", "cosine", { end: 0 }),
    ...{ epochs, steps: null, time: null, patience: null, checkpointSeconds: 60, batchSize: 64, accumulate: 1 },
    ...{ warmUp: 0, classWeights: null, balance: "none", clipNorm: null, clipValue: null, averageWeights: null },
    ...{ augment: [], size: 64, channels: "auto", fit: "letterbox", split: null, groupBy: null, unknown: null },
    ...{ seed: n, device: "auto", threads: null, cache: null, pictureMemory: null },
  };
  const rows = Array.from({ length: epochs }, (_, i) => {
    const share = (i + 1) / epochs;
    const noise = (Math.sin(12.9898 * (n + 1) * (i + 1)) * 43758.5453) % 1;
    const loss = 2.3 * Math.exp(-3 * share * (0.5 + (n % 10) / 10)) + 0.02 * Math.abs(noise);
    const cells = [
      i + 1,
      94 * (i + 1),
      loss,
      loss + 0.1,
      1 - loss / 3,
      learningRate * (1 - share),
      1 + noise,
      0,
      1.234,
    ];
    return cells.join(",");
  });
  const done = {
    argmin: "0.1.0",
    classes: ["a", "b"],
    parameters: 10_000 + n,
    seconds: 1.2 * epochs,
    interrupted: false,
  };
  writeFileSync(join(folder, "config.yaml"), stringify(config));
  writeFileSync(join(folder, "metrics.csv"), `${HEAD}\n${rows.join("\n")}\n`);
  writeFileSync(join(folder, "metrics.json"), JSON.stringify({ ...done, test: { accuracy: 0.5 + (n % 50) / 100 } }));
  // Of yesterday, so that none seems to be in training.
  const then = new Date(Date.now() - 86_400_000 + 1000 * n);
  for (const file of ["config.yaml", "metrics.csv", "metrics.json", "."]) utimesSync(join(folder, file), then, then);
  return folder;
}
