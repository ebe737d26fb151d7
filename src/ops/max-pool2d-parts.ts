/**
 * The winners of a max pooling for WebGPU, where ONNX Runtime (1.30) has no Indices, no MaxUnpool, and neither Or nor sums of
 * int64: each of these would take its maps to the processor and back within the step. Instead a window is taken apart into
 * its K·K places. In row-major order a place wins if it holds the maximum and none before it does; 1 and 0 say so, in float32.
 */
import type { Shape } from "../core/index.ts";
import { type Emit, int64, type TensorType } from "../ir/index.ts";
import type { Pair } from "./windows.ts";

interface Windows {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
}

/** Less than all that can win, and finite, so that nothing comes of it but itself. */
const NOTHING = -3.4e38;

/** The values at each of the K·K places of all windows: maps [batch, channels, rows, columns], in row-major order of the places. */
function placesOf(
  emit: Emit,
  x: string,
  { shape, dtype }: TensorType,
  [, , ...counts]: Shape,
  { kernel, stride, padding }: Windows,
): string[] {
  const behind = counts.map((count, axis) => {
    const reached = (count - 1) * stride[axis] + kernel[axis];
    return Math.max(0, reached - shape[axis + 2] - padding[axis]);
  });
  const inside = [...padding, ...behind].every((pad) => pad === 0);
  const nothing = emit.constant([NOTHING], [], dtype);
  const padded = inside ? x : emit.node("Pad", [x, int64(emit, [0, 0, ...padding, 0, 0, ...behind]), nothing]);
  const [axes, steps] = [int64(emit, [2, 3]), int64(emit, stride)];
  return Array.from({ length: kernel[0] * kernel[1] }, (_, place) => {
    const starts = [Math.floor(place / kernel[1]), place % kernel[1]];
    const ends = starts.map((start, axis) => start + (counts[axis] - 1) * stride[axis] + 1);
    return emit.node("Slice", [padded, int64(emit, starts), int64(emit, ends), axes, steps]);
  });
}

/** For each place 1 in the windows that it wins and 0 in the others. */
function wonBy(emit: Emit, x: string, type: TensorType, pooled: Shape, attrs: Windows): string[] {
  const { kernel, stride, padding } = attrs;
  const layout = { kernel_shape: kernel, strides: stride, pads: [...padding, ...padding] };
  const largest = emit.node("MaxPool", [x], layout);
  const number = (truth: string) => emit.node("Cast", [truth], { to: type.dtype === "float64" ? 11 : 1 });
  let left: string | undefined;
  return placesOf(emit, x, type, pooled, attrs).map((values) => {
    const reaches = number(emit.node("Equal", [values, largest]));
    const wins = left === undefined ? reaches : emit.node("Mul", [reaches, left]);
    left = emit.node("Sub", [left ?? emit.constant([1], [], type.dtype), wins]);
    return wins;
  });
}

/** A(x)ᵀ g: what belongs to a place is put there by a transposed convolution, which adds where windows overlap. */
export function unpoolByParts(emit: Emit, [x, g]: readonly string[], type: TensorType, pooled: Shape, attrs: Windows) {
  emit.parts?.add("MaxUnpool");
  const { kernel, stride, padding } = attrs;
  const [batch, channels, ...counts] = pooled;
  const places = kernel[0] * kernel[1];
  const plane = int64(emit, [batch * channels, 1, ...counts]);
  const shares = wonBy(emit, x, type, pooled, attrs).map((wins) =>
    emit.node("Reshape", [emit.node("Mul", [wins, g]), plane]),
  );
  const joined = shares.length === 1 ? shares[0] : emit.node("Concat", shares, { axis: 1 });
  const one = Float64Array.from({ length: places ** 2 }, (_, i) => (Math.floor(i / places) === i % places ? 1 : 0));
  const rest = counts.map((count, axis) => {
    return type.shape[axis + 2] + 2 * padding[axis] - (count - 1) * stride[axis] - kernel[axis];
  });
  const spread = emit.node("ConvTranspose", [joined, emit.constant(one, [places, 1, ...kernel], type.dtype)], {
    kernel_shape: kernel,
    strides: stride,
    pads: [...padding, ...padding],
    output_padding: rest,
  });
  return emit.node("Reshape", [spread, int64(emit, type.shape)]);
}

/** A(x) u: of each window of u what lies at the place of the winner. */
export function winnersByParts(emit: Emit, [x, u]: readonly string[], type: TensorType, pooled: Shape, attrs: Windows) {
  emit.parts?.add("MaxPool");
  const won = wonBy(emit, x, type, pooled, attrs);
  const values = placesOf(emit, u, type, pooled, attrs);
  return won
    .map((wins, place) => emit.node("Mul", [wins, values[place]]))
    .reduce((sum, part) => emit.node("Add", [sum, part]));
}
