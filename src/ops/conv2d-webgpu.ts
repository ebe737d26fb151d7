/**
 * Convolutions that ONNX Runtime (1.30) gets wrong on WebGPU, without a word: the results are of the size of the numbers themselves
 * off. Found by comparing some 200 sizes with native code (kernels of 3×3); each is led to a kernel that is right.
 *
 * - One group, channels a multiple of 3 but not of 4 and not 3, filters a multiple of 4: channels are read by threes. Channels of
 *   zeros up to the next multiple of 4 change nothing.
 * - Several groups of 4 filters or more: filters are written by fours (or twos) if all of them together divide so, even where a four
 *   crosses the border of two groups. Filters of zeros fill each group up to a multiple of 4, and their maps are cut away.
 * - Transposed, several groups, each of one channel and an even number of filters: a pair of filters is read from another's place.
 *   A second channel of zeros leads elsewhere; its maps are cut away.
 */
import { type Emit, int64, type TensorType } from "../ir/index.ts";
import { type ConvAttrs, onnxAttributes } from "./conv-attrs.ts";

/** Zeros behind the elements of one of `rank` axes. */
function widened(emit: Emit, value: string, rank: number, axis: number, by: number): string {
  const pads = Array.from({ length: 2 * rank }, (_, i) => (i === rank + axis ? by : 0));
  return emit.node("Pad", [value, int64(emit, pads)]);
}

/** @returns undefined where the operator is right as it is */
export function webgpuConvolution(
  emit: Emit,
  inputs: readonly string[],
  weights: Pick<TensorType, "shape">,
  attrs: ConvAttrs,
): string | undefined {
  if (!emit.parts) return undefined;
  const [filters, channels, ...kernel] = weights.shape;
  if (attrs.groups !== 1) return groupedConvolution(emit, inputs, weights, attrs);
  if (channels === 3 || channels % 3 !== 0 || channels % 4 === 0 || filters % 4 !== 0) return undefined;
  emit.parts.add("Conv");
  const [x, w, ...bias] = inputs;
  const own = [x, w].map((value) => widened(emit, value, 4, 1, 4 - (channels % 4)));
  return emit.node("Conv", [...own, ...bias], onnxAttributes(attrs, [kernel[0], kernel[1]]));
}

/** How many numbers a kernel takes at once. */
const together = (count: number) => [4, 2].find((size) => count % size === 0) ?? 1;

function groupedConvolution(
  emit: Emit,
  [x, w, bias]: readonly string[],
  { shape: [filters, own, rows, columns] }: Pick<TensorType, "shape">,
  attrs: ConvAttrs,
): string | undefined {
  const { groups } = attrs;
  const each = filters / groups;
  if (each < 4 || each % together(filters) === 0) return undefined;
  emit.parts?.add("Conv");
  const whole = 4 * Math.ceil(each / 4);
  const apart = emit.node("Reshape", [w, int64(emit, [groups, each, own, rows, columns])]);
  const filled = widened(emit, apart, 5, 1, whole - each);
  const weights = emit.node("Reshape", [filled, int64(emit, [groups * whole, own, rows, columns])]);
  const maps = emit.node("Conv", [x, weights], onnxAttributes(attrs, [rows, columns]));
  // A group after the other, each without what was added.
  const cut = Array.from({ length: groups }, (_, group) =>
    emit.node("Slice", [maps, int64(emit, [group * whole]), int64(emit, [group * whole + each]), int64(emit, [1])]),
  );
  const y = emit.node("Concat", cut, { axis: 1 });
  if (bias === undefined) return y;
  return emit.node("Add", [y, emit.node("Reshape", [bias, int64(emit, [filters, 1, 1])])]);
}

/**
 * A transposed convolution of g with w [filters, channels of a group, rows, columns].
 * @param attributes of the operator
 * @returns undefined where the operator is right as it is
 */
export function webgpuTransposed(
  emit: Emit,
  [g, w]: readonly string[],
  { shape: [filters, own] }: Pick<TensorType, "shape">,
  groups: number,
  attributes: Parameters<Emit["node"]>[2],
): string | undefined {
  if (!emit.parts || groups === 1 || own !== 1 || (filters / groups) % 2 !== 0) return undefined;
  emit.parts.add("ConvTranspose");
  const maps = emit.node("ConvTranspose", [g, widened(emit, w, 4, 1, 1)], attributes);
  return emit.node("Slice", [maps, int64(emit, [0]), int64(emit, [2 * groups]), int64(emit, [1]), int64(emit, [2])]);
}
