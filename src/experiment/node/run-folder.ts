import { appendFile, readdir, readFile, rm, rmdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { stringify } from "yaml";
import { UsageError, VERSION } from "../../core/index.ts";
import type { Dataset } from "../../data/index.ts";
import { splitToJson } from "../../data/index.ts";
import type { Figures } from "../../metrics/index.ts";
import type { Position, StateBlock } from "../../train/index.ts";
import type { ModelFiles } from "../export-model.ts";
import type { EpochRow, JudgedRun, Settings } from "../options.ts";
import type { Prediction } from "../predictions.ts";
import { explainWrite, makeFolder, writeAtomic } from "./atomic-file.ts";
import { type Checkpoint, encodeCheckpoint } from "./checkpoint-file.ts";
import { writeModel } from "./model-file.ts";
import { readableJson } from "./readable-json.ts";

const METRICS = "epoch,step,train_loss,validation_loss,validation_accuracy,learning_rate,gradient_norm,zeros,seconds\n";

/** One line of `metrics.csv`; all numbers in full, so that they can be read back, but for the seconds. */
const metricsLine = (row: EpochRow): string => {
  const { epoch, step, trainLoss, validationLoss, validationAccuracy, learningRate, gradientNorm, zeros, seconds } =
    row;
  const cells = [epoch, step, trainLoss, validationLoss, validationAccuracy, learningRate, gradientNorm, zeros];
  return `${[...cells.map((cell) => cell ?? ""), seconds.toFixed(3)].join(",")}\n`;
};

const POSITIONS = join("checkpoints", "positions.csv");

/** The answers of the clock that a run has written down; a line that was cut short by the end of the process is none. */
export async function readPositions(run: string): Promise<Position[]> {
  const text = await readFile(join(run, POSITIONS), "utf8").catch(() => "");
  const lines = text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .slice(0, -1);
  return lines.map((line) => line.split(",").map(Number)).map(([step, seconds]) => ({ step, seconds }));
}

/** Quotes a CSV field where it has to be (RFC 4180). */
export const csvField = (text: string): string =>
  /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** The files of one run: `config.yaml`, `split.json`, `metrics.csv`, `events.ndjson`, `checkpoints/`, `model.onnx`, … */
export class RunFolder {
  readonly path: string;

  /** The outermost folder that had to be made for it; undefined where it was there. */
  readonly #made: string | undefined;

  private constructor(path: string, made: string | undefined) {
    this.path = path;
    this.#made = made === undefined ? undefined : resolve(made);
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
    const made = await makeFolder(innermost);
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

  /**
   * The folder of a run that goes on: its configuration as it is from now on, and the epochs that its checkpoint knows.
   * @throws UsageError when it cannot be written
   */
  static async reopen(path: string, settings: Settings, history: readonly EpochRow[]): Promise<RunFolder> {
    // Nothing in it was made now, so there is nothing to take away.
    const folder = new RunFolder(path, undefined);
    await makeFolder(folder.#file("checkpoints"));
    await writeAtomic(folder.#file("config.yaml"), stringify({ argmin: VERSION, ...settings }));
    await writeAtomic(folder.#file("metrics.csv"), METRICS + history.map(metricsLine).join(""));
    return folder;
  }

  /** Takes away what was made: for a run that ended before its first step, so that its name is free for the next try. */
  async discard(): Promise<void> {
    if (this.#made === undefined) return;
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

  /** What was typed to start the run, or to go on with it: a line each in `commands.txt`. */
  async appendCommand(command: string): Promise<void> {
    await this.#append("commands.txt", `${command.replaceAll("\n", " ")}\n`);
  }

  /** All that was typed; none for a run of a program. */
  async readCommands(): Promise<string[]> {
    const text = await readFile(this.#file("commands.txt"), "utf8").catch(() => "");
    return text.split("\n").filter((line) => line !== "");
  }

  async appendEpoch(row: EpochRow): Promise<void> {
    await this.#append("metrics.csv", metricsLine(row));
  }

  /** One answer of the clock, for a run on a budget of time. */
  async appendPosition({ step, seconds }: Position): Promise<void> {
    await this.#append(POSITIONS, `${step},${seconds}\n`);
  }

  /** All that a run needs to go on, as `checkpoints/last.safetensors` or `checkpoints/best.safetensors`. */
  async writeCheckpoint(kind: "last" | "best", checkpoint: Checkpoint, parts: readonly StateBlock[]): Promise<void> {
    await writeAtomic(this.#file(join("checkpoints", `${kind}.safetensors`)), encodeCheckpoint(checkpoint, parts));
  }

  /** The first pictures that the network sees, as a picture. */
  async writeFirstBatch(png: Uint8Array): Promise<void> {
    await writeAtomic(this.#file("batch0.png"), png);
  }

  async writeModel(files: ModelFiles): Promise<void> {
    await writeModel(this.#file("model.onnx"), files);
  }

  /** Where it is. */
  async writeReport(html: string): Promise<string> {
    const path = this.#file("report.html");
    await writeAtomic(path, html);
    return path;
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
  async writeMetrics(run: JudgedRun, declaredTest: Figures | null): Promise<void> {
    const { classes, best, baseline, unknown, validation, test, parameters, seconds, weightsHash, interrupted } = run;
    const text = readableJson({
      argmin: VERSION,
      ...{ classes, best, parameters, seconds: Number(seconds.toFixed(3)), weightsHash, interrupted, baseline },
      ...(unknown === null ? {} : { unknown }),
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
