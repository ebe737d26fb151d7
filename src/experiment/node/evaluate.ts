import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UsageError } from "../../core/index.ts";
import { type Skipped, type Source, type SplitName, splitFromJson } from "../../data/index.ts";
import { openSource, readSplitFile } from "../../data/node/index.ts";
import {
  type Figures,
  figuresOf,
  type Judgement,
  predictedClass,
  type Rejection,
  rejectionBelow,
} from "../../metrics/index.ts";
import type { Device } from "../../runtime/index.ts";
import { inOrder, openClassifier } from "./classifier.ts";
import { askedAbout } from "./classify-rows.ts";

export interface EvaluateOptions {
  readonly device?: Device | "auto";
  /** A split.json, or the folder of the run that wrote it, whose test pictures are looked at. */
  readonly split?: string;
  /** As for training: how many folders name a class. */
  readonly depth?: number | undefined;
  /** The probability below which an answer is unknown, 0 for never; what the model says, unless said. */
  readonly unknownBelow?: number;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/** What a model file is worth on some pictures. */
export interface EvaluationResult extends Figures {
  /** Names of the classes, in the order of the figures. */
  readonly classes: readonly string[];
  /** What comes of calling unknown what is less probable than `below`; null where every answer counts. */
  readonly unknown: ({ readonly below: number } & Rejection) | null;
  /**
   * Pictures of classes that the model does not know, which count in none of the figures: the share that is called unknown. null
   * where there are none; without a threshold for "unknown" there may be none.
   */
  readonly foreign: {
    readonly classes: readonly string[];
    readonly images: number;
    readonly turnedAway: number;
  } | null;
  /** Which pictures were looked at, in words. */
  readonly subset: string;
  readonly skipped: readonly Skipped[];
  readonly device: string;
  readonly notes: readonly string[];
}

/**
 * Runs the exported model, that very file, over the pictures of a data set: its test split where it declares one, the
 * run's own test pictures where the data is what the run was trained on, all pictures otherwise; or those of a split file.
 *
 * @param model a run folder or a model file
 * @throws UsageError when the data has a class that the model does not know, and the model calls nothing unknown
 */
export async function evaluate(
  model: string,
  data: string | Source,
  options: EvaluateOptions = {},
): Promise<EvaluationResult> {
  const source = typeof data === "string" ? await openSource(data, { depth: options.depth }) : data;
  const classifier = await openClassifier(model, options.device, options.unknownBelow);
  try {
    const { classes, device, notes, unknownBelow } = classifier;
    const labelOf = source.classes.map((name) => classes.indexOf(name));
    const foreign = source.classes.filter((_, label) => labelOf[label]! < 0);
    if (foreign.length > 0 && (unknownBelow === 0 || foreign.length === source.classes.length)) {
      const what = `the data has classes that the model does not know (${foreign.join(", ")}); the model knows ${classes.join(", ")}`;
      throw new UsageError(source.name, what, "evaluate on data with the same classes", 1);
    }
    const ask = askedAbout(classifier, source);
    const { indices: chosen, subset } = await choosePictures(model, source, options.split);
    // Pictures of other classes have taught the model nothing, whatever split they lie in.
    const indices = [
      ...chosen.filter((index) => labelOf[source.labels[index]]! >= 0),
      ...[...source.paths.keys()].filter((index) => labelOf[source.labels[index]]! < 0),
    ];
    const truths: number[] = [];
    const others: Judgement[] = [];
    const p = new Float64Array(indices.length * classes.length);
    const skipped: Skipped[] = [...source.skipped];
    let done = 0;
    const results = inOrder(indices, 8, async (index) => {
      options.signal?.throwIfAborted();
      try {
        const probabilities = await ask(index);
        return { index, probabilities };
      } catch (error) {
        if (!(error instanceof UsageError) || error.where === "ONNX Runtime") throw error;
        return { index, reason: error.what };
      }
    });
    for await (const { index, probabilities, reason } of results) {
      options.onProgress?.({ done: ++done, total: indices.length });
      if (probabilities === undefined) {
        skipped.push({ path: source.paths[index], reason });
        continue;
      }
      const truth = labelOf[source.labels[index]]!;
      if (truth < 0) {
        others.push({ probability: Math.max(...probabilities), isRight: false });
        continue;
      }
      p.set(probabilities, truths.length * classes.length);
      truths.push(truth);
    }
    if (truths.length === 0)
      throw new UsageError(source.name, "none of its pictures can be read", "look at the files", 1);
    const figures = figuresOf(p.subarray(0, truths.length * classes.length), Int32Array.from(truths), classes.length);
    return {
      ...{ ...figures, classes, subset, skipped, device, notes },
      unknown:
        unknownBelow === 0
          ? null
          : { below: unknownBelow, ...rejectionBelow(unknownBelow, answersOf(p, truths, classes.length)) },
      foreign:
        others.length === 0
          ? null
          : { classes: foreign, images: others.length, turnedAway: rejectionBelow(unknownBelow, others).turnedAway },
    };
  } finally {
    await classifier.close();
  }
}

/** @param p probabilities [count, classes] */
function answersOf(p: Float64Array, truths: readonly number[], classes: number): Judgement[] {
  return truths.map((truth, row) => {
    const said = predictedClass(p, row, classes);
    return { probability: p[row * classes + said]!, isRight: said === truth };
  });
}

async function choosePictures(
  model: string,
  source: Source,
  split: string | undefined,
): Promise<{ indices: number[]; subset: string }> {
  if (split !== undefined) {
    const { text, where } = await readSplitFile(split);
    const indices = [...splitFromJson(text, source.paths, where, new Set(source.skipped.map(({ path }) => path))).test];
    if (indices.length === 0) throw new UsageError(where, "its test list is empty", "name the pictures to judge by", 1);
    return { indices, subset: `the test pictures of ${where}` };
  }
  const declared = (name: SplitName) => source.declared.flatMap((split, index) => (split === name ? [index] : []));
  const test = declared("test");
  if (test.length > 0) return { indices: test, subset: "the data's own test pictures" };
  const folder = model.endsWith(".onnx") ? dirname(model) : model;
  const text = await readFile(join(folder, "split.json"), "utf8").catch(() => undefined);
  if (text !== undefined) {
    const held = new Set((JSON.parse(text) as { test: string[] }).test);
    const indices = source.paths.flatMap((path, index) => (held.has(path) ? [index] : []));
    if (indices.length > 0) return { indices, subset: "the pictures that the run held out for testing" };
  }
  return { indices: [...source.paths.keys()], subset: "all pictures" };
}
