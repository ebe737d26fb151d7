import type { InputAttrs, Tensor } from "../ir/index.ts";

/** A classifier that was traced for a batch; what `network` of the room train returns is one. */
export interface Traced {
  /** What comes in: bytes [batch, height, width, channels], or numbers [batch, features]. */
  readonly pixels: Tensor<InputAttrs>;
  /** What the model works on: normalised pictures [batch, channels, height, width], or numbers [batch, features]. */
  readonly prepared: Tensor;
  /** [batch, classes] */
  readonly scores: Tensor;
}

/** Learned numbers by the name of the parameter. */
export type Weights = Readonly<Record<string, Float32Array>>;
