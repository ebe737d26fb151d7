/**
 * erf: y = 2/√π ∫₀ˣ e^(−t²) dt, the error function. ONNX Erf (opset 13). Backward: dy/dx = 2/√π e^(−x²).
 */
import type { Tensor, TensorLike } from "../ir/index.ts";
import { applyUnary, none, unary } from "./elementwise.ts";
import { exp } from "./exp.ts";
import { mul, square } from "./mul.ts";
import { neg } from "./neg.ts";

const SLOPE_AT_0 = 2 / Math.sqrt(Math.PI);

/**
 * 1 − erf(x) to the precision of a double, relative to its own size for x ≥ 0, where it becomes small. Below 2 by the series
 * erf(x) = 2/√π e^(−x²) Σₙ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!, whose terms all have one sign; above by the continued fraction
 * √π e^(x²) erfc(x) = 1/(x + ½/(x + 1/(x + ³⁄₂/(x + …)))). Abramowitz and Stegun 1964, 7.1.6 and 7.1.14.
 */
export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  if (x < 2) return 1 - erfSeries(x);
  let fraction = x;
  for (let n = 100; n >= 1; n--) fraction = x + n / 2 / fraction;
  // Of ∞ the fraction is NaN.
  return x === Number.POSITIVE_INFINITY ? 0 : Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}

function erfSeries(x: number): number {
  let term = x;
  let total = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return SLOPE_AT_0 * Math.exp(-x * x) * total;
}

export const erfOp = unary({
  name: "erf",
  onnx: "Erf",
  evaluate: (x) => (Math.abs(x) < 2 ? erfSeries(x) : Math.sign(x) * (1 - erfc(Math.abs(x)))),
  vjp: (g, x) => mul(g, mul(SLOPE_AT_0, exp(neg(square(x))))),
  samples: [
    { attrs: none, inputs: [{ shape: [3, 4] }] },
    { attrs: none, inputs: [{ shape: [5], values: [-6, -2.5, 0, 2, 4] }] },
  ],
});

/** The error function: the probability that a normal number of variance ½ is within ±x, with the sign of x. */
export const erf = (x: TensorLike): Tensor => applyUnary(erfOp, x);
