/**
 * How gradients of convolutions in groups are written for ONNX. With as many groups as channels and filters (depthwise) a weight sees
 * one channel alone: matrices of one row would be multiplied, so their sums are written out instead.
 */
import type { Shape } from "../core/index.ts";
import { type Emit, int64, type Tensor } from "../ir/index.ts";
import type { ConvAttrs, ConvGradAttrs } from "./conv-attrs.ts";

/**
 * The kernel of the convolution that leads back: w [filters, own, …] turned by half a circle, [channels, filters / groups, …], within
 * each group with its two first axes swapped.
 */
export function turnedKernel(emit: Emit, w: string, shape: Shape, groups: number): string {
  const [filters, own, kh, kw] = shape;
  const perGroup = filters / groups;
  let swapped = emit.node("Transpose", [w], { perm: [1, 0, 2, 3] });
  if (groups > 1) {
    const grouped = emit.node("Reshape", [w, int64(emit, [groups, perGroup, own, kh, kw])]);
    const inGroups = emit.node("Transpose", [grouped], { perm: [0, 2, 1, 3, 4] });
    swapped = emit.node("Reshape", [inGroups, int64(emit, [groups * own, perGroup, kh, kw])]);
  }
  const [ends, step] = [int64(emit, [-1e9, -1e9]), int64(emit, [-1, -1])];
  return emit.node("Slice", [swapped, step, ends, int64(emit, [2, 3]), step]);
}

/** Whether each weight sees one channel, and each channel one filter. */
export const isDepthwise = ({ groups }: ConvAttrs, channels: number, filters: number): boolean =>
  groups > 1 && groups === channels && groups === filters;

/**
 * The weight gradient [channels, 1, kernel height, kernel width] of a depthwise convolution.
 *
 * With stride 1 for each place of the kernel Σ x · g over pictures and positions, of x shifted by it: 13 ms, where products of matrices
 * take 20 (64 channels, 16×16, batch 32, two threads). With a stride as a convolution of each channel's pictures, taken as channels,
 * with the cotangent as a large kernel that has gaps of the stride: 6 ms for 12.
 */
export function lowerDepthwiseWeightGrad(
  emit: Emit,
  [x, g]: readonly string[],
  node: Tensor<ConvGradAttrs>,
  shiftedBy: (i: number, j: number) => string,
): string {
  const { stride, padding, dilation, shape } = node.attrs;
  const [channels, , kh, kw] = shape;
  const [batch, , ...size] = node.inputs[0].shape;
  const windows = node.inputs[1].shape.slice(2);
  // Zeros behind the picture, so that there are as many results as the kernel has places.
  const behind = [kh, kw].map(
    (places, i) => (places - 1) * dilation[i] + (windows[i] - 1) * stride[i] + 1 - size[i] - padding[i],
  );
  if (Math.max(...stride) > 1 && Math.min(...behind) >= 0) {
    const byChannel = (value: string) => emit.node("Transpose", [value], { perm: [1, 0, 2, 3] });
    const pictures = emit.node("Reshape", [byChannel(x), int64(emit, [1, channels * batch, ...size])]);
    const sums = emit.node("Conv", [pictures, byChannel(g)], {
      kernel_shape: windows,
      strides: dilation,
      dilations: stride,
      pads: [...padding, ...behind],
      group: channels,
    });
    return emit.node("Reshape", [sums, int64(emit, shape)]);
  }
  const sums: string[] = [];
  for (let i = 0; i < kh; i++) {
    for (let j = 0; j < kw; j++) {
      const products = emit.node("Mul", [shiftedBy(i, j), g]);
      sums.push(emit.node("ReduceSum", [products, int64(emit, [0, 2, 3])], { keepdims: 0 }));
    }
  }
  const joined = emit.node("Reshape", [emit.node("Concat", sums, { axis: 0 }), int64(emit, [kh * kw, channels])]);
  return emit.node("Reshape", [emit.node("Transpose", [joined], { perm: [1, 0] }), int64(emit, shape)]);
}
