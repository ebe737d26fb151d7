import type { Curves } from "./run-shelf.ts";

/** The columns of `metrics.csv`, and what the page calls them. */
const columns: Readonly<Record<keyof Curves, string>> = {
  epoch: "epoch",
  step: "step",
  seconds: "seconds",
  trainLoss: "train_loss",
  validationLoss: "validation_loss",
  validationAccuracy: "validation_accuracy",
  learningRate: "learning_rate",
  gradientNorm: "gradient_norm",
  zeros: "zeros",
};

/** A number, or null for what is none: an empty cell, NaN, infinity. */
const numberOf = (cell: string | undefined): number | null => {
  const value = cell === undefined || cell === "" ? Number.NaN : Number(cell);
  return Number.isFinite(value) ? value : null;
};

/**
 * Reads `metrics.csv` of a run that may be in training, or damaged. Columns go by their names, lines that cannot be read are left
 * out; a last line without its end is still being written and is none.
 * @returns the epochs, and what is wrong with the file
 */
export function parseMetrics(text: string): { readonly curves: Curves; readonly problems: readonly string[] } {
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split(/\r?\n/);
  const head = lines[0]!.split(",");
  const places = Object.entries(columns).map(([key, column]) => [key as keyof Curves, head.indexOf(column)] as const);
  const curves = Object.fromEntries(places.map(([key]) => [key, [] as (number | null)[]])) as Record<
    keyof Curves,
    (number | null)[]
  >;
  const epochAt = head.indexOf("epoch");
  if (epochAt < 0) {
    const problems = text === "" ? ["metrics.csv is empty"] : ["metrics.csv is no table of epochs"];
    return { curves: curves as Curves, problems };
  }
  const wrong: number[] = [];
  for (let n = 1; n < lines.length - 1; n++) {
    const cells = lines[n]!.split(",");
    if (cells.length !== head.length || numberOf(cells[epochAt]) === null) {
      wrong.push(n + 1);
      continue;
    }
    for (const [key, place] of places) curves[key].push(place < 0 ? null : numberOf(cells[place]));
  }
  const told = wrong.length > 3 ? `${wrong.slice(0, 3).join(", ")}, …` : wrong.join(", ");
  const problems = wrong.length > 0 ? [`metrics.csv: line ${told} cannot be read`] : [];
  return { curves: curves as Curves, problems };
}

/** The epoch with the best validation accuracy, of equal ones that with the lower loss; its place in the lists. */
export function bestOf({ epoch, validationAccuracy, validationLoss }: Curves): number | null {
  let best: number | null = null;
  const value = (list: readonly (number | null)[], i: number, missing: number) => list[i] ?? missing;
  for (let i = 0; i < epoch.length; i++) {
    if (validationAccuracy[i] === null && validationLoss[i] === null) continue;
    if (best === null) best = i;
    const gain = value(validationAccuracy, i, -1) - value(validationAccuracy, best, -1);
    const loss = value(validationLoss, best, Infinity) - value(validationLoss, i, Infinity);
    if (gain > 0 || (gain === 0 && loss > 0)) best = i;
  }
  return best;
}
