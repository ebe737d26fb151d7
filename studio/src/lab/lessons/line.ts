/** The five points of the first lessons, and the loss of a line through them. */
import { interpret } from "../../../../src/descent/index.ts";
import type { Tensor } from "../../../../src/ir/index.ts";
import { add, mean, mul, square, sub } from "../../../../src/ops/index.ts";

export const xs = [0, 1, 2, 3, 4] as const;
export const ys = [1.1, 1.4, 2.1, 2.4, 3.0] as const;

/** ½ mean (½x + b − y)². */
export const lossOfB = ({ b }: { b: Tensor }, { x, y }: { x: Tensor; y: Tensor }): Tensor =>
  mul(0.5, mean(square(sub(add(mul(0.5, x), b), y))));

const residuals = interpret(({ b, x, y }: Record<"b" | "x" | "y", Tensor>) => {
  const prediction = add(mul(0.5, x), b);
  const residual = sub(prediction, y);
  return { prediction, residual, squared: square(residual), loss: lossOfB({ b }, { x, y }) };
});

export interface LineFit {
  readonly predictions: readonly number[];
  readonly residuals: readonly number[];
  readonly squares: readonly number[];
  readonly loss: number;
}

/** What the line y = ½x + b makes of the five points. */
export function lineFit(b: number): LineFit {
  const { prediction, residual, squared, loss } = residuals({ b, x: xs, y: ys });
  return {
    predictions: [...prediction.data],
    residuals: [...residual.data],
    squares: [...squared.data],
    loss: loss.value,
  };
}
