import type { Cells, FoundPicture, PictureQuery } from "./inspection.ts";

/** What was said of one picture. */
export type Judgement = Omit<FoundPicture, "mark">;

/** How many pictures of each class were taken for which: triples of true class, predicted class and count, in order. */
export function cellsOf(pairs: readonly Pick<Judgement, "truth" | "predicted">[]): Cells {
  const counts = new Map<number, Map<number, number>>();
  for (const { truth, predicted } of pairs) {
    if (truth < 0 || predicted < 0) continue;
    const row = counts.get(truth) ?? new Map<number, number>();
    counts.set(truth, row.set(predicted, (row.get(predicted) ?? 0) + 1));
  }
  const ascending = <T>(map: ReadonlyMap<number, T>) => [...map].sort(([a], [b]) => a - b);
  return ascending(counts).flatMap(([truth, row]) => ascending(row).flatMap(([predicted, n]) => [truth, predicted, n]));
}

const orders: Readonly<Record<PictureQuery["order"], (a: Judgement, b: Judgement) => number>> = {
  loss: (a, b) => (b.loss ?? 0) - (a.loss ?? 0),
  sure: (a, b) => (b.probability ?? 0) - (a.probability ?? 0),
  data: () => 0,
};

/**
 * The pictures that are looked for, a page of them.
 * @param marks paths of pictures that are marked as mislabelled
 */
export function select<T extends Judgement>(
  all: readonly T[],
  { truth, predicted, wrong, marked, order, from, count }: Omit<PictureQuery, "split" | "epoch">,
  marks: ReadonlyMap<string, string | null>,
): { readonly total: number; readonly chosen: readonly T[] } {
  const found = all.filter(
    (one) =>
      (truth === undefined || one.truth === truth) &&
      (predicted === undefined || one.predicted === predicted) &&
      (!wrong || one.truth !== one.predicted) &&
      (!marked || marks.has(one.path)),
  );
  return { total: found.length, chosen: found.sort(orders[order]).slice(from, from + count) };
}
