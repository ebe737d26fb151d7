import { stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../core/index.ts";
import { decodePicture, isManifest, openSource, scanFolder } from "../../data/node/index.ts";
import type { Device } from "../../runtime/index.ts";
import { inOrder, openClassifier, ranked } from "./classifier.ts";

export interface Guess {
  readonly label: string;
  readonly probability: number;
}

/** What the model says of one picture; `error` when it could not be read. */
export type PicturePrediction =
  | { readonly path: string; readonly label: string; readonly probability: number; readonly top: readonly Guess[] }
  | { readonly path: string; readonly error: string };

export interface PredictOptions {
  readonly device?: Device | "auto";
  /** Guesses for each picture, the most probable first. */
  readonly top?: number;
  /** Called once, before the first picture: what runs the model, and what a user should be told about that. */
  readonly onStart?: (runtime: { readonly device: string; readonly notes: readonly string[] }) => void;
}

/** A file to look at, or the reason why not. */
interface Found {
  readonly path: string;
  readonly error?: string;
}

/** Picture files among paths, folders looked through to any depth, lists of pictures followed, in order. */
async function picturesIn(paths: readonly string[]): Promise<Found[]> {
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
      found.push(...((await openSource(path)).files ?? []).map((file) => ({ path: file })));
    } else {
      found.push({ path });
    }
  }
  return found;
}

/**
 * Classifies pictures with an exported model, one result a picture in the order of the paths.
 * @param model a run folder or a model file
 * @param paths picture files, folders of them, or lists of them (.csv, .tsv)
 */
export async function* predict(
  model: string,
  paths: readonly string[],
  options: PredictOptions = {},
): AsyncGenerator<PicturePrediction> {
  const pictures = await picturesIn(paths);
  if (pictures.length === 0)
    throw new UsageError(paths.join(" "), "there is no picture in it", "give picture files, or folders of them", 1);
  const classifier = await openClassifier(model, options.device);
  options.onStart?.({ device: classifier.device, notes: classifier.notes });
  try {
    yield* inOrder(pictures, 8, async ({ path, error }): Promise<PicturePrediction> => {
      if (error !== undefined) return { path, error };
      try {
        const guesses = ranked(await classifier.classify(await decodePicture(path)), classifier.classes);
        return { path, ...guesses[0], top: guesses.slice(0, options.top ?? 5) };
      } catch (problem) {
        if (!(problem instanceof UsageError) || problem.where === "ONNX Runtime") throw problem;
        return { path, error: problem.what };
      }
    });
  } finally {
    await classifier.close();
  }
}
