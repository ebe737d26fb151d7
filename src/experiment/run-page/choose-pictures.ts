/** Which pictures the report of a run shows: far fewer than were judged, and each for a reason. */
import type { Prediction } from "../predictions.ts";

/** Classes up to which the confusion matrix is drawn; of more, pairs are listed. */
export const MOST_CLASSES = 40;
/** Classes of which typical and doubtful pictures are shown: the ones of which least is found. */
const MOST_GROUPS = 40;
const WORST = 24;
/** Pictures of one cell, right answers and mistakes. */
const RIGHT_OF_CELL = 12;
const WRONG_OF_CELL = 24;
/** Pairs of classes that are listed as most confused. */
const PAIRS = 12;
/** As many where there is no matrix. */
const PAIRS_ALONE = 60;

/** The pictures of one true class that got one answer. */
export interface CellChoice {
  readonly truth: number;
  readonly predicted: number;
  /** The first ones of them, the most certain first. */
  readonly shown: readonly Prediction[];
  readonly count: number;
}

export interface ClassChoice {
  readonly label: number;
  readonly typical: readonly Prediction[];
  readonly doubtful: readonly Prediction[];
}

export interface Choices {
  /** Mistakes that cost most, the worst first. */
  readonly worst: readonly Prediction[];
  readonly classes: readonly ClassChoice[];
  /** Every cell that can be opened, in the order of the matrix. */
  readonly cells: readonly CellChoice[];
  /** The pairs that are confused most often, the most frequent first. */
  readonly pairs: readonly CellChoice[];
}

export function choosePictures(predictions: readonly Prediction[], classCount: number): Choices {
  const cells = cellsOf(predictions);
  const pairs = cells
    .filter(({ truth, predicted }) => truth !== predicted)
    .sort((a, b) => b.count - a.count || a.truth - b.truth || a.predicted - b.predicted);
  const drawn = classCount <= MOST_CLASSES;
  return {
    worst: best(
      predictions.filter(({ truth, predicted }) => truth !== predicted),
      WORST,
      (a, b) => b.loss - a.loss,
    ),
    classes: classesOf(predictions, classCount),
    cells: drawn ? cells : pairs.slice(0, PAIRS_ALONE),
    pairs: pairs.slice(0, drawn ? PAIRS : PAIRS_ALONE),
  };
}

/** The first of a list in an order; equals stay in the order of the data. */
const best = (list: readonly Prediction[], count: number, order: (a: Prediction, b: Prediction) => number) =>
  [...list].sort((a, b) => order(a, b) || a.index - b.index).slice(0, count);

function cellsOf(predictions: readonly Prediction[]): CellChoice[] {
  const cells = new Map<string, Prediction[]>();
  for (const one of predictions) {
    const key = `${one.truth} ${one.predicted}`;
    const cell = cells.get(key);
    if (cell === undefined) cells.set(key, [one]);
    else cell.push(one);
  }
  return [...cells.values()]
    .map((all) => {
      const [{ truth, predicted }] = all;
      const most = truth === predicted ? RIGHT_OF_CELL : WRONG_OF_CELL;
      // Of the right ones those are worth a look that were nearly wrong, of the mistakes those that are certain.
      const shown = best(all, most, (a, b) => (truth === predicted ? a.margin - b.margin : b.margin - a.margin));
      return { truth, predicted, shown, count: all.length };
    })
    .sort((a, b) => a.truth - b.truth || a.predicted - b.predicted);
}

function classesOf(predictions: readonly Prediction[], classCount: number): ClassChoice[] {
  const byClass = Array.from({ length: classCount }, (): Prediction[] => []);
  for (const one of predictions) byClass[one.truth].push(one);
  const found = (label: number) =>
    byClass[label].filter(({ predicted }) => predicted === label).length / byClass[label].length;
  const labels = byClass.flatMap((all, label) => (all.length > 0 ? [label] : []));
  const hardest = new Set([...labels].sort((a, b) => found(a) - found(b)).slice(0, MOST_GROUPS));
  const each = Math.min(8, Math.max(4, Math.floor(80 / hardest.size)));
  return labels
    .filter((label) => hardest.has(label))
    .map((label) => ({
      label,
      typical: best(
        byClass[label].filter(({ predicted }) => predicted === label),
        each,
        (a, b) => b.margin - a.margin,
      ),
      doubtful: best(byClass[label], each, (a, b) => a.margin - b.margin),
    }));
}

/** Every picture that is shown, once, in the order in which they are given up last where there is not room for all. */
export function poolOf({ worst, classes, cells }: Choices, most: number): number[] {
  const pool = new Set<number>();
  const add = ({ index }: Prediction) => {
    if (pool.size < most) pool.add(index);
  };
  for (const one of worst) add(one);
  for (const { typical, doubtful } of classes) for (const one of [...typical, ...doubtful]) add(one);
  // Every cell's first before any cell's second; mistakes before right ones.
  const inTurn = [
    cells.filter(({ truth, predicted }) => truth !== predicted),
    cells.filter(({ truth, predicted }) => truth === predicted),
  ];
  for (const some of inTurn) {
    const longest = Math.max(0, ...some.map(({ shown }) => shown.length));
    for (let place = 0; place < longest; place++) {
      for (const { shown } of some) if (place < shown.length) add(shown[place]);
    }
  }
  return [...pool];
}
