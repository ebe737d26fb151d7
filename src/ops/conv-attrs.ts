import type { Shape } from "../core/index.ts";
import type { Pair } from "./windows.ts";

/** Of a convolution: rows and columns each. */
export interface ConvAttrs {
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
  readonly groups: number;
}

/** Of its two gradients. */
export interface ConvGradAttrs extends ConvAttrs {
  /** Shape of the result: that of x, or that of w. */
  readonly shape: Shape;
}

export const onnxAttributes = ({ stride, padding, dilation, groups }: ConvAttrs, kernel: Pair) => ({
  kernel_shape: kernel,
  strides: stride,
  pads: [...padding, ...padding],
  dilations: dilation,
  group: groups,
});
