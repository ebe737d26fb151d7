/**
 * softmax: y_c = e^{s_c} / Σⱼ e^{sⱼ} along one axis, computed after subtracting the largest, so that it is finite for s of any size.
 * ONNX Softmax (opset 13).
 * Backward: ∂y_c/∂s_j = y_c ([c = j] − y_j), so ∂L/∂s = g y − y Σ g y.
 */
import { bind, defineOp, type Tensor } from "../ir/index.ts";
import { logSoftmaxOp, type SoftmaxAttrs } from "./log-softmax.ts";
import { mul } from "./mul.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";

export const softmaxOp = defineOp<SoftmaxAttrs>({
  name: "softmax",
  shape: logSoftmaxOp.shape,
  evaluate: (inputs, attrs, output) => {
    const { shape, data } = logSoftmaxOp.evaluate(inputs, attrs, output);
    return { shape, data: data.map(Math.exp) };
  },
  vjp: (g, { output, attrs: { axis } }) => {
    const product = mul(g, output);
    return [sub(product, mul(output, sum(product, axis, true)))];
  },
  lower: (emit, inputs, { attrs: { axis } }) => emit.node("Softmax", inputs, { axis }),
  samples: [
    { attrs: { axis: 1 }, inputs: [{ shape: [3, 4] }] },
    { attrs: { axis: 0 }, inputs: [{ shape: [3, 2, 2] }] },
    { attrs: { axis: 3 }, inputs: [{ shape: [2, 2, 3, 3] }] },
    { attrs: { axis: 1 }, inputs: [{ shape: [1, 3], values: [1e4, -1e4, 0] }] },
  ],
});

/** Scores to probabilities along `axis` (negative counts from the end). */
export const softmax = (x: Tensor, axis = -1): Tensor =>
  bind(softmaxOp, [x], { axis: axis < 0 ? axis + x.rank : axis });
