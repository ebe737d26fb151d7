/** The confusion matrix as the page has it: counts by true class and predicted class. */

/** What the server tells: triples of true class, predicted class and count. */
export type Cells = readonly number[];

export interface Matrix {
  /** [true][predicted] */
  readonly counts: readonly (readonly number[])[];
  /** Of each true class. */
  readonly totals: readonly number[];
  readonly all: number;
  readonly right: number;
}

export function matrixOf(cells: Cells, classes: number): Matrix {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let [all, right] = [0, 0];
  for (let i = 0; i + 2 < cells.length; i += 3) {
    const [truth, predicted, count] = [cells[i]!, cells[i + 1]!, cells[i + 2]!];
    if (truth >= classes || predicted >= classes) continue;
    counts[truth]![predicted] = count;
    all += count;
    if (truth === predicted) right += count;
  }
  return { counts, totals: counts.map((row) => row.reduce((sum, count) => sum + count, 0)), all, right };
}

/** The pairs that are confused most often, the most frequent first. */
export function pairsOf({ counts }: Matrix, most: number): { truth: number; predicted: number; count: number }[] {
  const pairs = counts.flatMap((row, truth) =>
    row.flatMap((count, predicted) => (count > 0 && truth !== predicted ? [{ truth, predicted, count }] : [])),
  );
  return pairs.sort((a, b) => b.count - a.count || a.truth - b.truth || a.predicted - b.predicted).slice(0, most);
}

/** How strongly a cell is coloured, from 0 to 1: its share of its true class; a root, so that rare mistakes are seen. */
export const strength = (count: number, total: number): number => (total === 0 ? 0 : Math.sqrt(count / total));

/** Where an arrow key leads from a cell; undefined for other keys. */
export function moved(
  key: string,
  { truth, predicted }: { readonly truth: number; readonly predicted: number },
  classes: number,
): { truth: number; predicted: number } | undefined {
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    Home: [0, -classes],
    End: [0, classes],
  };
  const step = steps[key];
  if (step === undefined) return undefined;
  const within = (place: number) => Math.min(classes - 1, Math.max(0, place));
  return { truth: within(truth + step[0]), predicted: within(predicted + step[1]) };
}
