/**
 * What a pooling of windows of 2×2, side by side, sends back, in the blocked layout of native ONNX Runtime, which has no MaxUnpool
 * there and does the plain one with one thread. Four maps, one for each place of a window, hold the cotangents of the windows that
 * it wins, and are put between each other block by block, and what follows need not be reordered: a step of the cnn takes 18.8 ms
 * instead of 20.4. (Taken by quarters, the weight gradient of a first convolution needs nothing between the others; its kernels are then
 * so short of work for each number of g that it gains 2 %, which is not worth the code.)
 */
import type { Shape } from "../core/index.ts";
import type { Emit } from "../ir/index.ts";
import {
  blockedNode,
  bornBlocked,
  channelwise,
  filled,
  fromBlocked,
  movedBlocks,
  rowsOfBlocks,
  toBlocked,
} from "./blocked.ts";
import { GREATEST_FLOAT32 } from "./elementwise.ts";
import type { Pair } from "./windows.ts";

/**
 * What an affine map of each channel ends with: 1 where it gives 0, 0 where it gives less. With the map it is one pass, Equal and Cast
 * are two. (As in `reluGrad`, a difference below 3·10⁻³⁹ would count in part, and values that are infinite give NaN.)
 */
const isZero = { activation: "HardSigmoid", activation_params: { floats: [GREATEST_FLOAT32, 1] } };

/**
 * A(x)ᵀ g, as in `maxUnpool2d`. The first place wins if it holds the maximum; else the second does if the upper row holds it; else the
 * third if the left column does.
 * @param shape of x, height and width even
 * @returns undefined where x was not computed in this layout
 */
export function blockedUnpool(emit: Emit, [x, g]: readonly string[], shape: Shape): string | undefined {
  const twin = bornBlocked(emit, x);
  if (twin === undefined) return undefined;
  const [batch, channels, height, width] = shape;
  const pool = (kernel: Pair) =>
    blockedNode(emit, "MaxPool", [twin.name], { kernel_shape: kernel, strides: [2, 2], pads: [0, 0, 0, 0] });
  const largest = pool([2, 2]);
  const reaches = (kernel: Pair) =>
    channelwise(emit, [largest, filled(emit, -1, channels), "", pool(kernel)], channels, isZero);
  const cotangent = toBlocked(emit, g);
  const ofUpper = emit.node("Mul", [cotangent, reaches([1, 2])]);
  const ofLower = emit.node("Sub", [cotangent, ofUpper]);
  const first = emit.node("Mul", [cotangent, reaches([1, 1])]);
  const third = emit.node("Mul", [ofLower, reaches([2, 1])]);
  const [rows, columns] = [height / 2, width / 2];
  const quarters = [first, emit.node("Sub", [ofUpper, first]), third, emit.node("Sub", [ofLower, third])];
  const size = batch * channels * rows * columns;
  const blocks = (block: number) => size / block;
  const apart = quarters.map((quarter) => rowsOfBlocks(emit, quarter, size));
  const whole = movedBlocks(emit, emit.node("Concat", apart, { axis: 0 }), [
    [(block) => blocks(block) / columns, () => columns],
    [() => 2, (block) => 2 * blocks(block)],
    [() => columns, () => 1],
    [() => 2, blocks],
  ]);
  return fromBlocked(emit, emit.node("Reshape", [whole, emit.constant(shape, [4], "int64")]), channels);
}
