/**
 * relu: y = max(0, x). ONNX Relu (opset 14). Nair and Hinton 2010.
 * Backward: the cotangent passes where y > 0. Asking the output, not the input, lets the input's memory be reused; at the
 * kink x = 0 the subgradient 0 is used.
 *
 * reluGrad: z = g where y > 0, else 0. In ONNX a product with HardSigmoid (opset 6), max(0, min(1, αy + β)), whose β is 0 and whose α is
 * the greatest number that there is, so it is 1 or 0: two passes by all threads, 0.6 ms on [64, 16, 32, 32], where Greater and
 * Where take 2.0, since Where picks with one thread. Two exceptions, neither of which a network that trains meets: a y below 3·10⁻³⁹,
 * less than the smallest normal number, lets through a part; and of an infinite g nothing is left but NaN where y = 0.
 */
import { sameShape } from "../core/index.ts";
import { bind, defineOp, type Op, reject, type Tensor, type TensorLike } from "../ir/index.ts";
import { elementwiseBlocked, joinedRectifier } from "./blocked.ts";
import { applyUnary, GREATEST_FLOAT32, none, requireFloat, unary } from "./elementwise.ts";

export const reluOp = unary({
  name: "relu",
  onnx: "Relu",
  joined: joinedRectifier,
  evaluate: (x) => Math.max(0, x),
  vjp: (g, _x, y) => bind(reluGradOp, [g, y], none),
  samples: [
    { attrs: none, inputs: [{ shape: [3, 4], avoid: [0] }] },
    { attrs: none, inputs: [{ shape: [3], values: [-1, 0, 1] }], noGradient: "the kink at 0" },
  ],
});

export const reluGradOp: Op = defineOp({
  name: "reluGrad",
  shape: ([g, y]) => {
    requireFloat(g);
    if (!sameShape(g.shape, y.shape) || g.dtype !== y.dtype)
      reject("g and y differ in shape or dtype", "give equal ones");
    return { shape: g.shape, dtype: g.dtype };
  },
  evaluate: ([g, y]) => ({ shape: g.shape, data: g.data.map((value, i) => (y.data[i] > 0 ? value : 0)) }),
  vjp: (g, { inputs: [, y], needs }) => [needs[0] ? bind(reluGradOp, [g, y], none) : null, null],
  lower: (emit, [g, y], output) => {
    const { dtype } = output;
    if (dtype === "float32" && emit.parts === undefined) {
      const apply = ([g, y]: readonly string[]) => {
        const passes = emit.node("HardSigmoid", [y], { alpha: { float: GREATEST_FLOAT32 }, beta: { float: 0 } });
        return emit.node("Mul", [g, passes]);
      };
      return elementwiseBlocked(emit, [g, y], output.inputs, output, apply) ?? apply([g, y]);
    }
    // HardSigmoid is nowhere for float64, and WebGPU's arithmetic promises nothing of numbers beyond the greatest.
    const zero = emit.constant([0], [], dtype);
    return emit.node("Where", [emit.node("Greater", [y, zero]), g, zero]);
  },
  samples: [
    { attrs: none, inputs: [{ shape: [3, 4] }, { shape: [3, 4], avoid: [0] }] },
    {
      attrs: none,
      inputs: [
        { shape: [5], values: [1, 2, 3, -4, 5] },
        { shape: [5], values: [-3e38, -1e-30, 0, 1e-30, 3e38] },
      ],
      noGradient: "the step at 0",
    },
  ],
});

/** max(0, x). */
export const relu = (x: TensorLike): Tensor => applyUnary(reluOp, x);
