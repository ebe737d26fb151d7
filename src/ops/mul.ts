/**
 * mul: z = a · b element by element, with broadcasting. ONNX Mul (opset 14).
 * Backward: ∂z/∂a = b, ∂z/∂b = a: each operand receives the other, which is why the forward values are kept.
 */
import { sameShape } from "../core/index.ts";
import { isConstant, type Tensor, type TensorLike } from "../ir/index.ts";
import { applyBinary, binary, broadcastSamples } from "./elementwise.ts";

export const mulOp = binary({
  name: "mul",
  onnx: "Mul",
  evaluate: (x, y) => x * y,
  vjp: (g, a, b, _z, needs) => [needs[0] ? mul(g, b) : null, needs[1] ? mul(g, a) : null],
  samples: broadcastSamples(),
});

const isOne = (x: Tensor) => isConstant(x) && x.rank === 0 && x.attrs.data[0] === 1;

/** a · b element by element, broadcasting; the other one alone where one is the number 1, such as the cotangent of a loss. */
export function mul(a: TensorLike, b: TensorLike): Tensor {
  const product = applyBinary(mulOp, a, b);
  const [x, y] = product.inputs;
  if (isOne(x) && sameShape(y.shape, product.shape)) return y;
  if (isOne(y) && sameShape(x.shape, product.shape)) return x;
  return product;
}

/** x². */
export const square = (x: Tensor): Tensor => mul(x, x);
