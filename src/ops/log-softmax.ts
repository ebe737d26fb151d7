/**
 * logSoftmax: y_c = s_c − ln Σⱼ e^{sⱼ} along one axis, computed after subtracting the largest score, so that it stays
 * finite for scores of any size. ONNX LogSoftmax (opset 13).
 * Backward: ∂y_c/∂s_j = [c = j] − pⱼ with p = e^y, so ∂L/∂s = g − p Σ g.
 */
import { formatShape } from "../core/index.ts";
import { bind, defineOp, type Emit, reject, type Tensor } from "../ir/index.ts";
import { broadcastIndices, requireFloat } from "./elementwise.ts";
import { exp } from "./exp.ts";
import { mul } from "./mul.ts";
import { keptShape, reduceOver } from "./reduce.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";

export interface SoftmaxAttrs {
  readonly axis: number;
}

export const logSoftmaxOp = defineOp<SoftmaxAttrs>({
  name: "logSoftmax",
  shape: ([x], { axis }) => {
    requireFloat(x);
    if (!(axis >= 0 && axis < x.shape.length))
      reject(`axis ${axis} of shape ${formatShape(x.shape)}`, "name one of its axes");
    return { shape: x.shape, dtype: x.dtype };
  },
  evaluate: ([x], { axis }, { shape }) => {
    const kept = keptShape(shape, [axis]);
    const row = broadcastIndices(kept, shape);
    const largest = reduceOver(x, [axis], kept, -Infinity, Math.max).data;
    const shifted = x.data.map((value, i) => value - largest[row[i]]);
    const exponentials = { shape, data: shifted.map(Math.exp) };
    const total = reduceOver(exponentials, [axis], kept, 0, (sum, value) => sum + value).data;
    return { shape, data: shifted.map((value, i) => value - Math.log(total[row[i]])) };
  },
  vjp: (g, { output, attrs: { axis } }) => [sub(g, mul(exp(output), sum(g, axis, true)))],
  lower: (emit, inputs, { attrs: { axis } }) =>
    emit.parts ? byParts(emit, inputs[0], axis) : emit.node("LogSoftmax", inputs, { axis }),
  samples: [
    { attrs: { axis: 1 }, inputs: [{ shape: [3, 4] }] },
    { attrs: { axis: 0 }, inputs: [{ shape: [3, 2, 2] }] },
    { attrs: { axis: 1 }, inputs: [{ shape: [1, 3], values: [1e4, -1e4, 0] }] },
  ],
});

/** For WebGPU, where ONNX Runtime (1.30) has no LogSoftmax: the scores would go to the processor and back in the middle of a step. */
function byParts(emit: Emit, x: string, axis: number): string {
  emit.parts?.add("LogSoftmax");
  const axes = emit.constant([axis], [1], "int64");
  const shifted = emit.node("Sub", [x, emit.node("ReduceMax", [x, axes])]);
  const total = emit.node("ReduceSum", [emit.node("Exp", [shifted]), axes]);
  return emit.node("Sub", [shifted, emit.node("Log", [total])]);
}

/** The logarithm of the softmax along `axis` (negative counts from the end). */
export const logSoftmax = (x: Tensor, axis = -1): Tensor =>
  bind(logSoftmaxOp, [x], { axis: axis < 0 ? axis + x.rank : axis });
