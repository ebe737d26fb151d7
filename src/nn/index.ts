export { type ActivationName, activate, activations, initializerFor } from "./activations.ts";
export {
  attention,
  layerNormed,
  projection,
  type TransformerBlockOptions,
  transformerBlock,
} from "./attention.ts";
export {
  batchNorm,
  type NormedConvolutionOptions,
  type NormOptions,
  normedConvolution,
  runningScalars,
} from "./batch-norm.ts";
export { dropout, dropoutScalars } from "./dropout.ts";
export {
  filledWith,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  smallNormal,
  truncatedNormal,
  zeros,
} from "./initializers.ts";
export { convolution, dense, scores, separableConvolution } from "./layers.ts";
export { type Buffer, initialize, type Mode, type Noise, type Parameter, Parameters } from "./parameters.ts";
export { type ResidualOptions, residual, type Shortcut } from "./residual.ts";
