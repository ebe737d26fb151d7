/** The whole examination: read everything once, compare, judge the labels, and say what to leave out. Alters nothing. */
import { UsageError } from "../../core/index.ts";
import { type Skipped, type Source, type SplitName, splitNames } from "../../data/index.ts";
import { openSource, splitPictures } from "../../data/node/index.ts";
import type { Device } from "../../runtime/index.ts";
import { openRuntime } from "../../runtime/node/index.ts";
import { type Cleaning, cleaned } from "../clean.ts";
import { findRepeats, type Repeats } from "../duplicates.ts";
import { FEATURES, features } from "../features.ts";
import { type Finding, findingsOf } from "../findings.ts";
import { dealFolds } from "../folds.ts";
import { judgeLabels, type Suspect } from "../label-errors.ts";
import { FOLDS, heldOutProbabilities } from "../label-model.ts";
import { type ClassSplits, countSplits, type Survey } from "../survey.ts";
import { type ReadAll, readAll } from "./read-all.ts";

export interface CheckOptions {
  /** A path, a built-in set, or an opened source. */
  readonly data: string | Source;
  /** How many folders name a class; all of them unless said. */
  readonly depth?: number;
  /** Decides the split where the data declare none, and the folds; 1 unless said, as for `train`. */
  readonly seed?: number;
  /** A split.json, or the folder of a run with one, whose splits are looked at. */
  readonly split?: string;
  /** What belongs on one side of the split, as for `train`: `folder`, `column` or an expression on the path. */
  readonly groupBy?: string;
  /** False leaves the labels unjudged. */
  readonly labels?: boolean;
  readonly device?: Device | "auto";
  readonly onProgress?: (progress: CheckProgress) => void;
  readonly signal?: AbortSignal;
}

export interface CheckProgress {
  readonly phase: "reading" | "judging labels";
  readonly done: number;
  readonly total: number;
}

/** What the judgement of the labels rests on. */
export interface LabelCheck {
  /** The worst first; indices are those of the source. */
  readonly suspects: readonly Suspect[];
  /** All judged pictures, the least plausible label first. */
  readonly ranking: Int32Array;
  /** Share of the labels that the model gives as well. */
  readonly agreement: number;
}

export interface Check {
  readonly source: Source;
  readonly survey: Survey;
  readonly counts: ClassSplits;
  /** The data, or a split file, say which picture is for what, wholly or in part. */
  readonly declared: boolean;
  /** In words, how the splits were cut that are not declared. */
  readonly cut: string;
  /** Of each picture; undefined where it could not be read, [count]. */
  readonly splits: readonly (SplitName | undefined)[];
  readonly unreadable: readonly Skipped[];
  readonly repeats: Repeats;
  /** undefined where labels were not judged; a note says why. */
  readonly labels: LabelCheck | undefined;
  readonly findings: readonly Finding[];
  readonly cleaning: Cleaning;
  readonly notes: readonly string[];
  /** Why the data cannot be trained on as they are. */
  readonly blocker: string | undefined;
}

/** Pictures that a class needs for its labels to be judged: one for each fold. */
const LEAST_JUDGED = FOLDS;
/** Skill of the model below which its doubts are noise. */
const LEAST_SKILL = 0.2;

/**
 * @throws UsageError when the data cannot be opened
 * @throws the signal's reason when it is aborted
 */
export async function check(options: CheckOptions): Promise<Check> {
  const { data, seed = 1, onProgress, signal } = options;
  const source = typeof data === "string" ? await openSource(data, { depth: options.depth }) : data;
  const read = await readAll(source, {
    onProgress: (progress) => onProgress?.({ phase: "reading", ...progress }),
    ...(signal ? { signal } : {}),
  });
  const { unreadable, survey } = read;
  const declared = options.split !== undefined || source.declared.some((split) => split !== undefined);
  const cut = await cutSplit(source, unreadable, options);
  const how = `seed ${seed}${options.groupBy === undefined ? "" : `, grouped by ${options.groupBy}`}`;
  const counts = countSplits(source.classes.length, source.labels, cut.splits);
  const repeats = findRepeats({ ...read, labels: source.labels, splits: cut.splits });
  const notes = [...source.notes, ...cut.notes];
  if (!repeats.complete)
    notes.push("So many pictures are alike that the search for near copies was given up; there may be more");
  const judged = options.labels === false ? undefined : await judge(source, read, repeats, options);
  if (typeof judged === "string") notes.push(judged);
  const labels = typeof judged === "string" ? undefined : judged;
  const skipped = [
    ...source.skipped,
    ...Array.from(unreadable, ([index, reason]) => ({ path: source.paths[index], reason })),
  ];
  const findings = findingsOf({
    classes: source.classes,
    counts,
    repeats,
    unreadable: skipped,
    declared,
    present: splitNames.filter((split) => (options.split === undefined ? source.declared : cut.splits).includes(split)),
    cut: how,
    suspects: labels?.suspects.length ?? 0,
  });
  const cleaning = cleaned(source, repeats, unreadable);
  const blocker = cut.blocker ?? lossOf(source, unreadable);
  return {
    source,
    survey,
    counts,
    declared,
    cut: how,
    splits: cut.splits,
    unreadable: skipped,
    repeats,
    labels,
    findings,
    cleaning,
    notes,
    blocker,
  };
}

/**
 * The split as `train` makes it, of the pictures that can be read.
 * @throws UsageError for a split file or groups that do not fit the data: those were asked for
 */
async function cutSplit(source: Source, unreadable: ReadonlyMap<number, string>, options: CheckOptions) {
  const { split: file = null, groupBy = null, seed = 1 } = options;
  const readable = [...source.paths.keys()].filter((i) => !unreadable.has(i));
  const splits = new Array<SplitName | undefined>(source.paths.length).fill(undefined);
  const pictures = {
    labels: Int32Array.from(readable, (i) => source.labels[i]),
    paths: readable.map((i) => source.paths[i]),
  };
  const skipped = Array.from(unreadable, ([index, reason]) => ({ path: source.paths[index], reason }));
  const found = {
    pictures,
    declared: readable.map((i) => source.declared[i]),
    skipped: [...source.skipped, ...skipped],
  };
  try {
    const { split, notes } = await splitPictures(source, found, { split: file, groupBy, balance: "none", seed });
    for (const name of splitNames) for (const at of split[name]) splits[readable[at]] = name;
    return { splits, notes, blocker: undefined };
  } catch (error) {
    if (!(error instanceof UsageError) || file !== null || groupBy !== null) throw error;
    for (const i of readable) splits[i] = source.declared[i] ?? "train";
    return { splits, notes: [], blocker: error.what };
  }
}

/** What `load` refuses: most of the data, or a whole class, cannot be read. */
function lossOf({ paths, labels, classes }: Source, unreadable: ReadonlyMap<number, string>): string | undefined {
  if (2 * unreadable.size > paths.length) return `${unreadable.size} of ${paths.length} pictures cannot be read`;
  const listed = new Int32Array(classes.length);
  const lost = new Int32Array(classes.length);
  for (const label of labels) listed[label]++;
  for (const index of unreadable.keys()) lost[labels[index]]++;
  const label = classes.findIndex((_, i) => listed[i] > 0 && lost[i] === listed[i]);
  return label < 0 ? undefined : `none of the ${listed[label]} pictures of class ${classes[label]} can be read`;
}

/** Held-out probabilities of the classes that have enough pictures, and what follows from them; or why there are none. */
async function judge(
  source: Source,
  { sketches, digests }: ReadAll,
  repeats: Repeats,
  { seed = 1, device = "auto", onProgress, signal }: CheckOptions,
): Promise<LabelCheck | string> {
  // Copies with two labels are findings already, and would teach both.
  const disputed = new Set(repeats.exact.filter((group) => group.acrossClasses).flatMap(({ members }) => members));
  const usable = digests.flatMap((digest, i) => (digest === undefined || disputed.has(i) ? [] : [i]));
  const distinct = source.classes.map(() => new Set<number>());
  for (const i of usable) distinct[source.labels[i]].add(repeats.first[i]);
  const classes = [...source.classes.keys()].filter((label) => distinct[label].size >= LEAST_JUDGED);
  if (classes.length < 2) return `Labels were not judged: that takes two classes of ${LEAST_JUDGED} pictures or more`;
  const labelOf = new Map(classes.map((label, at) => [label, at]));
  const indices = usable.filter((i) => labelOf.has(source.labels[i]));
  const labels = Int32Array.from(indices, (i) => labelOf.get(source.labels[i])!);
  const block = new Uint8Array(indices.length * FEATURES);
  indices.forEach((i, at) => {
    features(sketches.at(i), block.subarray(at * FEATURES, (at + 1) * FEATURES));
  });
  const fold = dealFolds(
    labels,
    Int32Array.from(indices, (i) => repeats.first[i]),
    FOLDS,
    seed,
  );
  const probabilities = await heldOutProbabilities(
    {
      ...{ features: block, labels, classes: classes.length, fold, seed },
      onProgress: (share) => onProgress?.({ phase: "judging labels", done: Math.round(100 * share), total: 100 }),
      ...(signal ? { signal } : {}),
    },
    await openRuntime(device),
  );
  const { suspects, ranking, agreement, skill } = judgeLabels(probabilities, labels, classes.length);
  if (skill < LEAST_SKILL) {
    const share = `${(100 * agreement).toFixed(0)} %`;
    return `Labels were not judged: the linear model that does it gives only ${share} of them as well, little better than chance`;
  }
  return {
    suspects: suspects.map((suspect) => ({
      ...suspect,
      index: indices[suspect.index],
      given: classes[suspect.given],
      likely: classes[suspect.likely],
    })),
    ranking: ranking.map((at) => indices[at]),
    agreement,
  };
}
