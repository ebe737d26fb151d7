/** A number for people: `digits` significant ones, no trailing zeros, a true minus, and powers of ten where there is no other way. */
export function show(value: number, digits = 4): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const small = size !== 0 && size < 1e-3;
  if (small || size >= 1e6) {
    const [mantissa, power] = value.toExponential(digits === 1 ? 0 : Math.max(1, digits - 3)).split("e");
    return `${mantissa.replace("-", "−")}·10${raised(Number(power))}`;
  }
  return minus(String(Number(value.toPrecision(digits)) + 0));
}

/** A fixed number of places, so that the points of a column stand below each other. */
export const fixed = (value: number, places = 3): string =>
  Number.isFinite(value) && Math.abs(value) < 1e6
    ? minus((Math.round(value * 10 ** places) / 10 ** places + 0).toFixed(places))
    : show(value);

const minus = (text: string) => text.replace("-", "−");
const raised = (power: number) =>
  [...String(power)].map((digit) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(digit)]).join("");

/** The same as KaTeX writes it. */
export function tex(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return value > 0 ? "\\infty" : "-\\infty";
  const size = Math.abs(value);
  if ((size !== 0 && size < 1e-3) || size >= 1e6) {
    const [mantissa, power] = value.toExponential(Math.max(1, digits - 3)).split("e");
    return `${mantissa}\\cdot 10^{${Number(power)}}`;
  }
  return String(Number(value.toPrecision(digits)) + 0);
}

/** The same with its sign in front, for the middle of a sum. */
export const texSigned = (value: number, digits = 4): string =>
  value < 0 ? tex(value, digits) : `+${tex(value, digits)}`;
