import { appendFile, mkdir, readdir, rm, rmdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { stringify } from "yaml";
import { UsageError, VERSION } from "../../core/index.ts";
import type { Dataset } from "../../data/index.ts";
import { splitToJson } from "../../data/index.ts";
import { type Figures, predictedClass, surprisal } from "../../metrics/index.ts";
import { encodeTensors, type StateValues } from "../../train/index.ts";
import type { EpochRow, Run, Settings } from "../options.ts";
import { explainWrite, writeAtomic } from "./atomic-file.ts";
import { readableJson } from "./readable-json.ts";

/** What the classifier said of one picture. */
export interface Prediction {
  readonly split: string;
  readonly path: string;
  readonly truth: number;
  readonly predicted: number;
  readonly probability: number;
  readonly loss: number;
}

const METRICS = "epoch,step,train_loss,validation_loss,validation_accuracy,learning_rate,seconds\n";

/** Quotes a CSV field where it has to be (RFC 4180). */
export const csvField = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The files of one run: `config.yaml`, `split.json`, `metrics.csv`, `events.ndjson`, `checkpoints/`, `model.onnx`, … */
export class RunFolder {
  readonly path: string;

  /** The outermost folder that had to be made for it. */
  readonly #made: string;

  private constructor(path: string, made: string) {
    this.path = path;
    this.#made = resolve(made);
  }

  /**
   * Makes the folder, with what a training will fill where it is for one.
   * @throws UsageError when it exists already: a run is never written over
   */
  static async create(path: string, settings: Settings, purpose: "training" | "test" = "training"): Promise<RunFolder> {
    const found = await readdir(path).catch(() => undefined);
    if (found !== undefined && found.length > 0) {
      throw new UsageError(
        path,
        `the run folder exists already and holds ${found.length} files`,
        "choose another --name, or move it away",
      );
    }
    const innermost = purpose === "training" ? join(path, "checkpoints") : path;
    const made = await mkdir(innermost, { recursive: true }).catch((error) => {
      throw explainWrite(path, error);
    });
    const folder = new RunFolder(path, made ?? innermost);
    try {
      await writeAtomic(folder.#file("config.yaml"), stringify({ argmin: VERSION, ...settings }));
      if (purpose === "training") await folder.#append("metrics.csv", METRICS);
    } catch (error) {
      await folder.discard();
      throw error;
    }
    return folder;
  }

  /** Takes away what was made: for a run that ended before its first step, so that its name is free for the next try. */
  async discard(): Promise<void> {
    for (const name of await readdir(this.path)) await rm(this.#file(name), { recursive: true, force: true });
    // Folders above it go as well, unless another run has moved in.
    for (let folder = resolve(this.path); folder.startsWith(this.#made); folder = dirname(folder)) {
      const gone = await rmdir(folder).then(
        () => true,
        () => false,
      );
      if (!gone) return;
    }
  }

  #file(name: string): string {
    return join(this.path, name);
  }

  async #append(name: string, text: string): Promise<void> {
    await appendFile(this.#file(name), text).catch((error) => {
      throw explainWrite(this.#file(name), error);
    });
  }

  async writeSplit({ split, pictures, classes }: Dataset, seed: number): Promise<void> {
    await writeAtomic(this.#file("split.json"), splitToJson(split, pictures, classes, seed));
  }

  async appendEvent(event: object): Promise<void> {
    await this.#append("events.ndjson", `${JSON.stringify(event)}\n`);
  }

  async appendEpoch(row: EpochRow): Promise<void> {
    const { epoch, step, trainLoss, validationLoss, validationAccuracy, learningRate, seconds } = row;
    const cells = [
      epoch,
      step,
      trainLoss,
      validationLoss ?? "",
      validationAccuracy ?? "",
      learningRate,
      seconds.toFixed(3),
    ];
    await this.#append("metrics.csv", `${cells.join(",")}\n`);
  }

  /** Weights and optimizer slots, as `checkpoints/last.safetensors` or `checkpoints/best.safetensors`. */
  async writeCheckpoint(
    kind: "last" | "best",
    state: StateValues,
    shapes: ReadonlyMap<string, readonly number[]>,
    facts: { readonly epoch: number; readonly step: number },
  ): Promise<void> {
    const tensors = Object.fromEntries(
      Object.entries(state).map(([name, data]) => [name, { shape: shapes.get(name)!, data }]),
    );
    const metadata = { argmin: VERSION, epoch: String(facts.epoch), step: String(facts.step) };
    await writeAtomic(this.#file(join("checkpoints", `${kind}.safetensors`)), encodeTensors(tensors, metadata));
  }

  /** The first pictures that the network sees, as a picture. */
  async writeFirstBatch(png: Uint8Array): Promise<void> {
    await writeAtomic(this.#file("batch0.png"), png);
  }

  async writeModel(model: Uint8Array): Promise<void> {
    await writeAtomic(this.#file("model.onnx"), model);
  }

  async writeReport(html: string): Promise<void> {
    await writeAtomic(this.#file("report.html"), html);
  }

  async writePredictions(predictions: readonly Prediction[], classes: readonly string[]): Promise<void> {
    const lines = predictions.map(({ split, path, truth, predicted, probability, loss }) =>
      [
        split,
        csvField(path),
        csvField(classes[truth]),
        csvField(classes[predicted]),
        probability.toFixed(6),
        loss.toFixed(6),
      ].join(","),
    );
    await writeAtomic(
      this.#file("predictions.csv"),
      `split,path,true,predicted,probability,loss\n${lines.map((line) => `${line}\n`).join("")}`,
    );
  }

  /** How good the kept weights are, in all figures. */
  async writeMetrics(run: Run, declaredTest: Figures | null): Promise<void> {
    const { classes, best, validation, test, parameters, seconds, weightsHash, interrupted } = run;
    const text = readableJson({
      argmin: VERSION,
      ...{ classes, best, parameters, seconds: Number(seconds.toFixed(3)), weightsHash, interrupted },
      ...{ validation, test },
      ...(declaredTest === null ? {} : { declaredTest }),
    });
    await writeAtomic(this.#file("metrics.json"), `${text}\n`);
  }

  /** Rows are true classes, columns predicted ones. */
  async writeConfusion(counts: readonly (readonly number[])[], classes: readonly string[]): Promise<void> {
    const header = ["true \\ predicted", ...classes].map(csvField).join(",");
    const rows = counts.map((row, truth) => [csvField(classes[truth]), ...row].join(","));
    await writeAtomic(this.#file("confusion.csv"), `${[header, ...rows].join("\n")}\n`);
  }
}

/** Predictions of one split from its scores and probabilities, both [count, classes]. */
export function predictionsOf(
  split: string,
  indices: Int32Array,
  { pictures, classes }: Dataset,
  scores: Float32Array,
  probabilities: Float64Array,
): Prediction[] {
  return Array.from(indices, (index, row) => {
    const truth = pictures.labels[index];
    const predicted = predictedClass(scores, row, classes.length);
    const loss = surprisal(probabilities[row * classes.length + truth]);
    return {
      split,
      path: pictures.paths[index],
      truth,
      predicted,
      probability: probabilities[row * classes.length + predicted],
      loss,
    };
  });
}
