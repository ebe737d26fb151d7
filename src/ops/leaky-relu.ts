/**
 * leakyRelu: y = x where x ≥ 0, else slope · x, with a small slope above 0. ONNX LeakyRelu (opset 16).
 * Maas, Hannun and Ng 2013, "Rectifier nonlinearities improve neural network acoustic models".
 * Backward: the cotangent passes where y > 0, and slope times it elsewhere, at the kink x = 0, too. The output is compared, as
 * in relu, which has the sign of the input because the slope is above 0.
 */
import { bind, defineOp, lift, reject, type Tensor, type TensorLike } from "../ir/index.ts";
import { greater } from "./compare.ts";
import { requireFloat } from "./elementwise.ts";
import { mul } from "./mul.ts";
import { where } from "./where.ts";

interface LeakyReluAttrs {
  readonly slope: number;
}

export const leakyReluOp = defineOp<LeakyReluAttrs>({
  name: "leakyRelu",
  shape: ([x], { slope }) => {
    requireFloat(x);
    if (!(slope > 0)) reject(`the slope below 0 is ${slope}`, "give a number above 0, such as 0.01; of 0 it is relu");
    return { shape: x.shape, dtype: x.dtype };
  },
  evaluate: ([x], { slope }) => ({ shape: x.shape, data: x.data.map((value) => (value < 0 ? slope * value : value)) }),
  vjp: (g, { output, attrs: { slope } }) => [where(greater(output, 0), g, mul(slope, g))],
  lower: (emit, inputs, { attrs: { slope } }) => emit.node("LeakyRelu", inputs, { alpha: { float: slope } }),
  samples: [
    { attrs: { slope: 0.01 }, inputs: [{ shape: [3, 4], avoid: [0] }] },
    { attrs: { slope: 0.3 }, inputs: [{ shape: [2, 2], avoid: [0] }] },
    { attrs: { slope: 0.01 }, inputs: [{ shape: [3], values: [-1, 0, 1] }], noGradient: "the kink at 0" },
  ],
});

/** x where it is 0 or more, else slope · x; the slope of the paper, 0.01, unless said. */
export const leakyRelu = (x: TensorLike, slope = 0.01): Tensor => bind(leakyReluOp, [lift(x)], { slope });
