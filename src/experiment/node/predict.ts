import { stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../core/index.ts";
import { PixelBudget } from "../../data/index.ts";
import {
  decodePicture,
  isManifest,
  numbersFormat,
  openSource,
  scanFolder,
  unlabelledRows,
} from "../../data/node/index.ts";
import type { Device } from "../../runtime/index.ts";
import type { Answer } from "../answer.ts";
import { type Classifier, inOrder, openClassifier } from "./classifier.ts";
import { askedByRow, refuseOtherKind } from "./classify-rows.ts";

/** What the model says of one picture; `error` when it could not be read. */
export type PicturePrediction =
  | ({ readonly path: string } & Answer)
  | { readonly path: string; readonly error: string };

export interface PredictOptions {
  readonly device?: Device | "auto";
  /** Guesses for each picture, the most probable first. */
  readonly top?: number;
  /** The probability below which an answer is unknown, 0 for never; what the model says, unless said. */
  readonly unknownBelow?: number;
  /** Called once, before the first picture: what runs the model, and what a user should be told about that. */
  readonly onStart?: (runtime: {
    readonly device: string;
    readonly notes: readonly string[];
    readonly unknownBelow: number;
  }) => void;
}

/** A file to look at, or the reason why not. */
interface Found {
  readonly path: string;
  readonly error?: string;
}

/** Picture files among paths, folders looked through to any depth, lists of pictures followed, in order. */
async function picturesIn(paths: readonly string[], classifier: Classifier): Promise<Found[]> {
  const found: Found[] = [];
  for (const path of paths) {
    const info = await stat(path).catch(() => undefined);
    if (info === undefined) throw new UsageError(path, "there is no such picture or folder", "correct the path");
    if (info.isDirectory()) {
      const { pictures, skipped } = await scanFolder(path);
      const all = [
        ...pictures.map((name) => ({ path: join(path, name) })),
        ...skipped.map(({ path: name, reason }) => ({ path: join(path, name), error: reason })),
      ];
      found.push(...all.sort((a, b) => (a.path < b.path ? -1 : 1)));
    } else if (isManifest(path)) {
      const source = await openSource(path);
      refuseOtherKind(classifier, path, source.numbers !== undefined);
      found.push(...(source.files ?? []).map((file) => ({ path: file })));
    } else {
      found.push({ path });
    }
  }
  return found;
}

/** What a model of numbers says of the rows of files. */
async function* predictRows(
  classifier: Classifier,
  paths: readonly string[],
  top: number,
): AsyncGenerator<PicturePrediction> {
  for (const path of paths) {
    if ((await stat(path).catch(() => undefined)) === undefined) {
      throw new UsageError(path, "there is no such file", "correct the path");
    }
    refuseOtherKind(classifier, path, (await numbersFormat(path)) !== undefined);
    const rows = await unlabelledRows(path, classifier.features!);
    const ask = askedByRow(classifier, rows.values);
    for (const [index, name] of rows.paths.entries()) yield { path: name, ...classifier.answer(await ask(index), top) };
    for (const { path: name, reason } of rows.skipped) yield { path: name, error: reason };
  }
}

/**
 * Classifies pictures with an exported model, one result a picture in the order of the paths; or rows of numbers, one result a
 * row, named by its file and line.
 * @param model a run folder or a model file
 * @param paths picture files, folders of them, or lists of them (.csv, .tsv); for a model of numbers files of rows
 */
export async function* predict(
  model: string,
  paths: readonly string[],
  options: PredictOptions = {},
): AsyncGenerator<PicturePrediction> {
  const classifier = await openClassifier(model, options.device, options.unknownBelow);
  const { top = 5 } = options;
  const budget = new PixelBudget();
  try {
    const pictures = classifier.features ? [] : await picturesIn(paths, classifier);
    if (!classifier.features && pictures.length === 0)
      throw new UsageError(paths.join(" "), "there is no picture in it", "give picture files, or folders of them", 1);
    const { device, notes, unknownBelow } = classifier;
    options.onStart?.({ device, notes, unknownBelow });
    if (classifier.features) yield* predictRows(classifier, paths, top);
    yield* inOrder(pictures, 8, async ({ path, error }): Promise<PicturePrediction> => {
      if (error !== undefined) return { path, error };
      try {
        const probabilities = await budget.within(async (admit) =>
          classifier.classify(await decodePicture(path, path, { admit })),
        );
        return { path, ...classifier.answer(probabilities, top) };
      } catch (problem) {
        if (!(problem instanceof UsageError) || problem.where === "ONNX Runtime") throw problem;
        return { path, error: problem.what };
      }
    });
  } finally {
    await classifier.close();
  }
}
