/** How figures are told, alike on all pages. What is not there is a dash. */

const NONE = "–";

/** 97.3 %. */
export const percent = (share: number | null | undefined, digits = 1): string =>
  share === null || share === undefined ? NONE : `${(100 * share).toFixed(digits)} %`;

/** With four digits that count: 0.1234, 1.234e-7. */
export function short(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e6) return String(Number(value.toPrecision(digits)));
  return value.toExponential(digits - 1).replace(/\.?0+e/, "e");
}

/** 535,818. */
export const grouped = (value: number | null | undefined): string =>
  value === null || value === undefined ? NONE : value.toLocaleString("en-US");

/** 4.2 s, 3:05 min, 2:10 h: alike in both languages. */
export function span(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return NONE;
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  if (seconds < 59.5) return `${seconds.toFixed(seconds < 9.95 ? 1 : 0)} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}:${two(whole % 60)} min`;
  return `${Math.floor(whole / 3600)}:${two(Math.floor((whole % 3600) / 60))} h`;
}
