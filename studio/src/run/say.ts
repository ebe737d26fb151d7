/** Numbers in words. */
export const percent = (share: number | null | undefined, digits = 1): string =>
  share === null || share === undefined || !Number.isFinite(share) ? "–" : `${(100 * share).toFixed(digits)} %`;

/** Three digits, with a minus as long as a plus is. */
export function short(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-3 ? size.toExponential(1) : String(Number(size.toPrecision(3)));
  return value < 0 ? `−${text}` : text;
}

/** What a norm became on its way back through a unit, as a factor; null where there is nothing to compare. */
export const factor = (after: number | undefined, before: number | undefined): number | null =>
  after === undefined || before === undefined || before === 0 ? null : after / before;
