/**
 * Cross-validation: K trainings, each of which is judged on a part of the pictures that it has not seen, so that a small set
 * tests with all of its pictures. Fold k is the test part of training k. Its validation pictures, which choose the epoch and the
 * temperature, are cut from the other folds (or are the data's own), never from the fold: what is reported has chosen nothing.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../core/index.ts";
import {
  type Dataset,
  declaredByGroup,
  type Groups,
  makeFolds,
  makeSplit,
  type Source,
  type SplitName,
  splitToJson,
} from "../../data/index.ts";
import { groupingOf, notesOnBalance, type SplitResult, type Splittable } from "../../data/node/index.ts";
import type { Figures } from "../../metrics/index.ts";
import type { ExperimentEvent, Run, Settings, TrainOptions } from "../options.ts";
import type { Judged, Prediction } from "../predictions.ts";
import { resolve } from "../resolve.ts";
import { withModel } from "../settle-model.ts";
import { writeAtomic } from "./atomic-file.ts";
import { finish } from "./finish.ts";
import { loadDataset } from "./load-dataset.ts";
import { csvField, RunFolder } from "./run-folder.ts";
import { openData, trainOn } from "./train.ts";

/** What folds are summed up by; each is one number. */
const METRICS = ["accuracy", "balancedAccuracy", "macroF1", "loss", "calibrationError"] as const;

export interface CrossValidationOptions extends Omit<TrainOptions, "onEvent" | "split"> {
  /** How many trainings, each judged on one part of the pictures: 2 or more. */
  readonly folds: number;
  readonly onEvent?: (event: CrossValidationEvent) => void;
}

/** What happens, with the fold (from 1) that it happens in. */
export type CrossValidationEvent =
  | (ExperimentEvent & { readonly fold?: number })
  | {
      readonly type: "folds";
      readonly name: string;
      readonly classes: readonly string[];
      /** Pictures of each fold. */
      readonly sizes: readonly number[];
      /** Pictures of the data's own validation and test split, which are in no fold. */
      readonly validation: number;
      readonly declaredTest: number;
      readonly skipped: number;
      readonly notes: readonly string[];
    }
  | ({ readonly type: "fold"; readonly folds: number } & FoldSummary);

/** The figures of a fold that are one number each. */
export type FoldFigures = Pick<Figures, (typeof METRICS)[number] | "images">;

export interface FoldSummary {
  /** From 1. */
  readonly fold: number;
  /** On the pictures of the fold, none of which it was trained on or chosen by. */
  readonly test: FoldFigures;
  /** On the data's own test split; null where it has none. */
  readonly declaredTest: FoldFigures | null;
  readonly bestEpoch: number;
  readonly seconds: number;
}

export interface FoldResult extends FoldSummary {
  readonly run: Run;
}

/** Over the folds; the deviation divides by their number less one, and is 0 for one fold. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

/** Of each figure. */
export type Spreads = Readonly<Record<(typeof METRICS)[number], Spread>>;

/** What the model that had not seen a picture said of it. */
export interface FoldPrediction {
  readonly fold: number;
  readonly path: string;
  /** Class names. */
  readonly truth: string;
  readonly predicted: string;
  /** Of the predicted class. */
  readonly probability: number;
  /** −ln p of the true class. */
  readonly loss: number;
}

export interface CrossValidation {
  readonly folder: string | null;
  readonly classes: readonly string[];
  readonly settings: Settings;
  /** Those that were finished. */
  readonly folds: readonly FoldResult[];
  /** null when no fold was finished. */
  readonly test: Spreads | null;
  /** The same models on the data's own test split; null where it has none. */
  readonly declaredTest: Spreads | null;
  /** One for each picture of the finished folds, in the order of the data. */
  readonly predictions: readonly FoldPrediction[];
  readonly seconds: number;
  /** Ended before the last fold was finished. */
  readonly interrupted: boolean;
}

/**
 * Trains `folds` times and judges each picture by a model that has not seen it. The data is read once. Folds are stratified,
 * and whole groups with `groupBy`. The data's own test split is in no fold; each model is judged on it, too.
 *
 * With a `folder`, each training is a run in `fold1`, `fold2`, … of it, beside `predictions.csv`, `folds.json` and
 * `everything.json`, a split file that trains on all that was in the folds.
 *
 * @example
 * const { test } = await crossValidate({ data: "photos", folds: 5 });
 * console.log(test?.accuracy.mean, test?.accuracy.deviation);
 *
 * @throws UsageError as `train` does, and for more folds than there are pictures or groups
 */
export async function crossValidate(options: CrossValidationOptions): Promise<CrossValidation> {
  const { folds: count, onEvent: emit = () => {}, folder: path, ...asked } = options;
  if ((options as Partial<TrainOptions>).split !== undefined) {
    throw new UsageError("folds", "a split is given, too", "leave one of them out: folds make splits of their own");
  }
  if (!Number.isInteger(count) || count < 2) {
    throw new UsageError("folds", `is ${count}`, "give a whole number, 2 or more, such as 5");
  }
  const source = await openData(options);
  const { options: common, chosen } = await withModel(source, asked);
  const settings = resolve(common, source);
  const folder = path === undefined ? undefined : await RunFolder.create(path, settings, "test");
  try {
    if (chosen) emit({ type: "model", model: chosen.model.name, why: chosen.why });
    const divided = await divide(source, settings, count, emit, options.signal);
    const folds: FoldResult[] = [];
    const found: Found[] = [];
    let interrupted = false;
    for (let fold = 1; fold <= count && !interrupted; fold++) {
      interrupted = options.signal?.aborted ?? false;
      if (interrupted) break;
      const own: TrainOptions = {
        ...common,
        ...(path === undefined ? {} : { folder: join(path, `fold${fold}`) }),
        onEvent: (event) => emit({ ...event, fold }),
      };
      const { run, judged } = await trainOn(source, own, finish, foldData(divided, fold - 1, settings.seed));
      interrupted = run.interrupted;
      if (interrupted) break;
      const result = resultOf(fold, run, judged);
      folds.push(result);
      for (const one of judged.find(({ name }) => name === "test")!.predictions) found.push({ fold, judged: one });
      const { run: _run, ...facts } = result;
      emit({ type: "fold", folds: count, ...facts });
    }
    const result: CrossValidation = {
      folder: path ?? null,
      classes: source.classes,
      settings,
      folds,
      test: spreadsOf(folds.map(({ test }) => test)),
      declaredTest: spreadsOf(folds.map(({ declaredTest }) => declaredTest)),
      predictions: predictionsOf(found, divided.dataset),
      seconds: folds.reduce((sum, { seconds }) => sum + seconds, 0),
      interrupted,
    };
    if (folder !== undefined) await write(folder, result, divided);
    return result;
  } catch (error) {
    // What was finished stays; an empty folder would only stand in the way of the next try.
    if (folder !== undefined && !(await readdir(folder.path)).some((name) => name.startsWith("fold"))) {
      await folder.discard();
    }
    throw error;
  }
}

interface Found {
  readonly fold: number;
  readonly judged: Prediction;
}

/** The data, and what of it is where: indices into its pictures. */
interface Divided {
  readonly dataset: Dataset;
  readonly folds: readonly Int32Array[];
  readonly grouping: Groups | undefined;
  /** What the data declares; empty where it does not. */
  readonly validation: Int32Array;
  readonly declaredTest: Int32Array;
}

async function divide(
  source: Source,
  settings: Settings,
  count: number,
  emit: (event: CrossValidationEvent) => void,
  signal: AbortSignal | undefined,
): Promise<Divided> {
  let divided: Omit<Divided, "dataset"> | undefined;
  const intoFolds = async (_: Source, loaded: Splittable): Promise<SplitResult> => {
    const { labels } = loaded.pictures;
    const { classes } = source;
    const grouping = groupingOf(source, loaded, settings.groupBy);
    const { declared, notes: torn } = grouping
      ? declaredByGroup(loaded.declared, grouping)
      : { declared: loaded.declared, notes: [] };
    const indicesOf = (...names: readonly (SplitName | undefined)[]) =>
      Int32Array.from(Array.from(declared.keys()).filter((i) => names.includes(declared[i])));
    const pool = indicesOf("train", undefined);
    const made = makeFolds({
      labels,
      classes,
      pool: [...pool],
      folds: count,
      seed: settings.seed,
      ...(grouping ? { grouping } : {}),
    });
    const [validation, declaredTest] = [indicesOf("validation"), indicesOf("test")];
    divided = { folds: made.folds, grouping, validation, declaredTest };
    const split = { train: pool, validation, test: declaredTest };
    const balance = notesOnBalance(split, loaded, classes, settings.balance);
    return { split, notes: [...(grouping?.notes ?? []), ...torn, ...made.notes, ...balance] };
  };
  const dataset = await loadDataset(source, settings, emit, signal, intoFolds);
  const { folds, grouping, validation, declaredTest } = divided!;
  emit({
    type: "folds",
    name: source.name,
    classes: source.classes,
    sizes: folds.map((fold) => fold.length),
    validation: validation.length,
    declaredTest: declaredTest.length,
    skipped: dataset.skipped.length,
    notes: dataset.notes,
  });
  return { dataset, folds, grouping, validation, declaredTest };
}

/** The data of one fold: it is the test part; the others train, less what chooses the epoch. */
function foldData({ dataset, folds, grouping, validation, declaredTest }: Divided, k: number, seed: number): Dataset {
  const rest = Int32Array.from(folds.flatMap((fold, other) => (other === k ? [] : [...fold]))).sort();
  const at = (places: Int32Array) => places.map((place) => rest[place]);
  const cut = makeSplit({
    labels: rest.map((i) => dataset.pictures.labels[i]),
    declared: new Array<undefined>(rest.length).fill(undefined),
    classes: dataset.classes,
    seed,
    testShare: 0,
    ...(validation.length > 0 ? { validationShare: 0 } : {}),
    ...(grouping ? { grouping: { names: grouping.names, ids: rest.map((i) => grouping.ids[i]) } } : {}),
  });
  return {
    ...dataset,
    split: {
      train: at(cut.split.train),
      validation: validation.length > 0 ? validation : at(cut.split.validation),
      test: folds[k],
    },
    ...(declaredTest.length > 0 ? { apart: declaredTest } : {}),
    notes: cut.notes,
  };
}

function resultOf(fold: number, run: Run, judged: readonly Judged[]): FoldResult {
  const figuresOf = (name: Judged["name"]): FoldFigures | null => {
    const figures = judged.find((one) => one.name === name)?.figures;
    if (figures === undefined) return null;
    const { images, accuracy, balancedAccuracy, macroF1, loss, calibrationError } = figures;
    return { images, accuracy, balancedAccuracy, macroF1, loss, calibrationError };
  };
  return {
    fold,
    test: figuresOf("test")!,
    declaredTest: figuresOf("declared test"),
    bestEpoch: run.best.epoch,
    seconds: run.seconds,
    run,
  };
}

/** Mean and standard deviation, the latter dividing by n − 1. */
export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

function spreadsOf(figures: readonly (FoldFigures | null)[]): Spreads | null {
  const given = figures.filter((one) => one !== null);
  if (given.length === 0) return null;
  const entries = METRICS.map((metric) => [metric, spreadOf(given.map((one) => one[metric]))]);
  return Object.fromEntries(entries) as Spreads;
}

/** Pictures in the order of the data. */
function predictionsOf(found: readonly Found[], { pictures, classes }: Dataset): FoldPrediction[] {
  const place = new Map(pictures.paths.map((path, i) => [path, i]));
  return found
    .map(({ fold, judged: { path, truth, predicted, probability, loss } }) => {
      return { fold, path, truth: classes[truth], predicted: classes[predicted], probability, loss };
    })
    .sort((a, b) => place.get(a.path)! - place.get(b.path)!);
}

async function write(folder: RunFolder, result: CrossValidation, divided: Divided): Promise<void> {
  const { dataset, folds, validation, declaredTest } = divided;
  const { paths } = dataset.pictures;
  const lines = result.predictions.map(({ fold, path, truth, predicted, probability, loss }) =>
    [fold, csvField(path), csvField(truth), csvField(predicted), probability.toFixed(6), loss.toFixed(6)].join(","),
  );
  const csv = ["fold,path,true,predicted,probability,loss", ...lines].map((line) => `${line}\n`).join("");
  await writeAtomic(join(folder.path, "predictions.csv"), csv);
  const { test, declaredTest: declared, interrupted, settings } = result;
  const facts = {
    seed: settings.seed,
    groupBy: settings.groupBy,
    ...(interrupted ? { interrupted } : {}),
    test,
    declaredTest: declared,
    folds: folds.map((indices, k) => {
      const { run: _run, ...own } = result.folds.find(({ fold }) => fold === k + 1) ?? { fold: k + 1, run: null };
      return { ...own, paths: Array.from(indices, (i) => paths[i]) };
    }),
  };
  await writeAtomic(join(folder.path, "folds.json"), `${JSON.stringify(facts, undefined, 1)}\n`);
  const train = Int32Array.from(folds.flatMap((fold) => [...fold])).sort();
  const everything = { train, validation, test: declaredTest };
  const text = splitToJson(everything, dataset.pictures, dataset.classes, settings.seed);
  await writeAtomic(join(folder.path, "everything.json"), text);
}
