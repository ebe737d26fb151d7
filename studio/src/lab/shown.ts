/** Numbers as lessons write them: a true minus, and no more digits than say something. */
export function shown(value: number, digits = 2): string {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "—";
  const small = value !== 0 && Math.abs(value) < 0.5 * 10 ** -digits;
  const text = small ? value.toExponential(1) : String(Number(value.toFixed(digits)));
  return text.replaceAll("-", "−");
}

/** The same inside a formula. */
export const tex = (value: number, digits = 2): string =>
  shown(value, digits)
    .replaceAll("−", "-")
    .replace(/^(.*)e([+-]?\d+)$/, (_, own, power) => `${own}\\cdot 10^{${Number(power)}}`);

export const percent = (share: number, digits = 0): string => `${shown(100 * share, digits)} %`;
