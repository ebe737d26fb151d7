import { stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../core/index.ts";
import type { Picture } from "../../data/index.ts";
import type { Device } from "../../runtime/index.ts";
import { remoteModel } from "../../runtime/node/index.ts";
import { type Answer, answerOf } from "../answer.ts";
import { classesOf, featuresOf, unknownBelowOf } from "../export-model.ts";
import { asRgb } from "../geometry.ts";
import { openModelFile } from "./model-file.ts";

/** A `model.onnx`, ready to classify: pictures to probabilities, in the file's own preprocessing. */
export interface Classifier {
  readonly classes: readonly string[];
  /** The names of the features of a model of numbers, in the order that it takes them in. */
  readonly features?: readonly string[];
  /** The probability below which an answer is unknown; 0 where every answer counts. */
  readonly unknownBelow: number;
  /** The file that runs. */
  readonly path: string;
  /** For people: which runtime, on what. */
  readonly device: string;
  readonly notes: readonly string[];
  /** Probabilities [classes] of one decoded picture of any size. */
  classify(picture: Picture): Promise<Float32Array>;
  /** Of a model of numbers: probabilities [rows, classes] of rows [rows, features]. */
  classifyRows(rows: Float32Array): Promise<Float32Array>;
  /** What probabilities [classes] say, with so many guesses. */
  answer(probabilities: Float32Array, top: number): Answer;
  close(): Promise<void>;
}

/**
 * Opens the model of a run folder, or a model file.
 * @param threshold the probability below which an answer is unknown, 0 for never; what the file says, unless said
 * @throws UsageError when there is none, or it was not exported by this project
 */
export async function openClassifier(
  path: string,
  device: Device | "auto" = "auto",
  threshold?: number,
): Promise<Classifier> {
  if (threshold !== undefined && !(threshold >= 0 && threshold <= 1)) {
    throw new UsageError("unknown below", `is ${threshold}`, "give a probability from 0, which is never, to 1");
  }
  const found = await stat(path).catch(() => undefined);
  if (found === undefined)
    throw new UsageError(path, "there is no such run folder or model file", "give runs/<name> or a model.onnx");
  const file = found.isDirectory() ? join(path, "model.onnx") : path;
  const { head, model: own } = await openModelFile(file).catch((error) => {
    if (error instanceof UsageError) throw error;
    throw new UsageError(path, "holds no model.onnx", "give the folder of a finished run, or train one first", 1);
  });
  const classes = classesOf(head, file);
  const features = featuresOf(head, file);
  const unknownBelow = threshold ?? unknownBelowOf(head, file) ?? 0;
  const model = await remoteModel(own, device);
  return {
    classes,
    unknownBelow,
    ...(features ? { features } : {}),
    path: file,
    device: model.description,
    notes: model.notes,
    async classify(picture) {
      const pixels = { dtype: "uint8" as const, shape: [picture.height, picture.width, 3], data: asRgb(picture) };
      return (await model.run({ pixels })).probabilities.data as Float32Array;
    },
    async classifyRows(data) {
      const width = features?.length ?? 0;
      const rows = { dtype: "float32" as const, shape: [data.length / width, width], data };
      return (await model.run({ features: rows })).probabilities.data as Float32Array;
    },
    answer: (probabilities, top) => answerOf(probabilities, classes, top, unknownBelow),
    close: () => model.close(),
  };
}

/** Runs `work` on every item, a few at a time, and hands the results on in order. */
export async function* inOrder<T, R>(
  items: Iterable<T>,
  width: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  for (const item of items) {
    const next = work(item);
    // A failure is thrown when its turn comes; until then it must not count as unhandled.
    next.catch(() => {});
    running.push(next);
    if (running.length >= width) yield await running.shift()!;
  }
  while (running.length > 0) yield await running.shift()!;
}
