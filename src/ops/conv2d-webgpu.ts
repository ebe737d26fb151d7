/**
 * A convolution that ONNX Runtime (1.30) gets wrong on WebGPU, without a word. Where the filters are a multiple of 4 and the
 * channels one of 3 but not of 4, its kernel reads channels by threes; with 3 channels that is right, with 6, 9, 15 … the results
 * are of the size of the numbers themselves off (kernels of 3×3; found by comparing 13 pairs of sizes with the reference). Channels
 * of zeros up to the next multiple of 4 change nothing else and lead to the kernel that is right.
 */
import type { Emit, TensorType } from "../ir/index.ts";
import { type ConvAttrs, onnxAttributes } from "./conv-attrs.ts";

/** @returns undefined where the operator is right as it is */
export function webgpuConvolution(
  emit: Emit,
  [x, w, ...bias]: readonly string[],
  { shape: [filters, channels, ...kernel] }: Pick<TensorType, "shape">,
  attrs: ConvAttrs,
): string | undefined {
  if (!emit.parts || attrs.groups !== 1) return undefined;
  if (channels === 3 || channels % 3 !== 0 || channels % 4 === 0 || filters % 4 !== 0) return undefined;
  emit.parts.add("Conv");
  const behind = emit.constant([0, 0, 0, 0, 0, 4 - (channels % 4), 0, 0], [8], "int64");
  const widened = [x, w].map((value) => emit.node("Pad", [value, behind]));
  return emit.node("Conv", [...widened, ...bias], onnxAttributes(attrs, [kernel[0], kernel[1]]));
}
