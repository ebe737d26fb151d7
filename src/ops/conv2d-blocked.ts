/**
 * The three convolutions of `conv2d` in the blocked layout. Here it is chosen, by device and shape, which of them are computed
 * in it: each returns undefined where it is not to be.
 *
 * Two cores of an AMD EPYC (Zen 3), products there at most 150 to 160 GFLOP/s, batch 64, 16×16 pixels, 32 to 64 channels, ms of
 * the fastest tenth:                              plain    blocked
 *   forward                                         6.0    4.2 (4.6 with all reordering)
 *   input gradient, as a convolution                6.0    4.2
 *   weight gradient                                13.7    4.0 (6.5 with all reordering)
 *     as one product of columns, columns made apart 5.0 and 5
 *     its own padding instead of a Pad                     8.4
 *     weights by one Transpose of five axes               11.6, that transpose alone
 * The step of the cnn: 36 ms plain, 28 ms blocked.
 */
import type { Emit, Tensor, TensorType } from "../ir/index.ts";
import { BLOCK, blockedNode, blockedWeights, fromBlocked, toBlocked } from "./blocked.ts";
import { type ConvAttrs, type ConvGradAttrs, onnxAttributes } from "./conv-attrs.ts";
import type { Pair } from "./windows.ts";

const whole = (...sizes: number[]) => sizes.every((size) => size % BLOCK === 0);
/** So few channels are read from the plain layout. */
const few = (channels: number) => channels < 8;

export function blockedConvolution(
  emit: Emit,
  [x, w, b]: readonly string[],
  { shape, dtype }: TensorType,
  attrs: ConvAttrs,
): string | undefined {
  if (!emit.blocks || dtype !== "float32") return undefined;
  const [filters, channels, kh, kw] = shape;
  if (attrs.groups !== 1 || !whole(filters) || !(few(channels) || whole(channels))) return undefined;
  const inputs = [few(channels) ? x : toBlocked(emit, x), blockedWeights(emit, w, shape), ...(b ? [b] : [])];
  return fromBlocked(emit, blockedNode(emit, "Conv", inputs, onnxAttributes(attrs, [kh, kw])), filters);
}

/**
 * The weight gradient is itself a convolution: channels of x are its pictures, pictures its channels, g its weights, and
 * stride and dilation change places. Of the form of this operator it is the best there is: it holds 3 columns of the
 * result in registers.
 */
export function blockedWeightGradient(
  emit: Emit,
  [x, g]: readonly string[],
  { inputs, attrs, dtype }: Tensor<ConvGradAttrs>,
): string | undefined {
  if (!emit.blocks || dtype !== "float32") return undefined;
  const { shape, stride, padding, dilation, groups } = attrs;
  const [batch, , ...size] = inputs[0].shape;
  const [, filters, rows, columns] = inputs[1].shape;
  const kernel = [shape[2], shape[3]];
  if (groups !== 1 || !whole(batch, filters)) return undefined;
  const int64 = (values: readonly number[]) => emit.constant(values, [values.length], "int64");
  const swapped = (value: string) => emit.node("Transpose", [value], { perm: [1, 0, 2, 3] });
  // What lies behind the last window is cut off: it would give rows of the result that w does not have.
  const behind = [rows, columns].map(
    (count, i) => (count - 1) * stride[i] + 1 + dilation[i] * (kernel[i] - 1) - size[i] - padding[i],
  );
  const same = padding.every((pad) => pad === 0) && behind.every((pad) => pad === 0);
  const padded = same ? swapped(x) : emit.node("Pad", [swapped(x), int64([0, 0, ...padding, 0, 0, ...behind])]);
  const operands = [toBlocked(emit, padded), blockedWeights(emit, swapped(g), [filters, batch, rows, columns])];
  const attributes = { strides: dilation, dilations: stride, kernel_shape: [rows, columns] as Pair };
  const result = fromBlocked(emit, blockedNode(emit, "Conv", operands, attributes), filters);
  return swapped(result);
}
