import type { LearningRateSearch } from "../experiment/node/index.ts";

const COLUMNS = 64;
const ROWS = 9;

/** The smoothed loss over the logarithm of the learning rate, in characters, with a line at the proposed rate. */
export function rangeChart({ curve, suggestion, divergedAt }: LearningRateSearch): string[] {
  // The last point of a test that diverged may be as high as it likes; the rest should still be seen.
  const level = curve
    .slice(0, divergedAt === null || curve.length < 2 ? undefined : -1)
    .map(({ smoothed }) => smoothed);
  const [lowest, highest] = [Math.min(...level), Math.max(...level)];
  const [first, last] = [curve[0]!.learningRate, curve.at(-1)!.learningRate];
  const columnOf = (rate: number) => Math.round((Math.log(rate / first) / Math.log(last / first) || 0) * (COLUMNS - 1));
  const rowOf = (loss: number) => {
    const share = (Math.min(loss, highest) - lowest) / (highest - lowest || 1);
    return Math.round((1 - share) * (ROWS - 1));
  };
  const cells = Array.from({ length: ROWS }, () => Array.from({ length: COLUMNS }, () => " "));
  if (suggestion !== null) for (const row of cells) row[columnOf(suggestion)] = "┊";
  for (const { learningRate, smoothed } of curve) cells[rowOf(smoothed)]![columnOf(learningRate)] = "•";
  const label = (row: number) => (row === 0 ? highest : row === ROWS - 1 ? lowest : undefined)?.toPrecision(3) ?? "";
  const lines = cells.map((row, i) => `  ${label(i).padStart(8)} │${row.join("").trimEnd()}`);
  return [...lines, `  ${" ".repeat(8)} └${"─".repeat(COLUMNS)}`, axisLabels(first, last, columnOf)];
}

/** The powers of ten below the axis. */
function axisLabels(first: number, last: number, columnOf: (rate: number) => number): string {
  const labels = Array.from({ length: COLUMNS + 6 }, () => " ");
  for (let exponent = Math.ceil(Math.log10(first) - 0.01); 10 ** exponent <= 1.01 * last; exponent++) {
    const column = columnOf(10 ** exponent);
    for (const [i, character] of [...`1e${exponent}`].entries()) labels[column + i] = character;
  }
  return `  ${" ".repeat(8)}  ${labels.join("").trimEnd()}`;
}
