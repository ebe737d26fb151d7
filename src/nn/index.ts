export { type ActivationName, activate, activations, initializerFor } from "./activations.ts";
export {
  attention,
  layerNormed,
  projection,
  type TransformerBlockOptions,
  transformerBlock,
} from "./attention.ts";
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
export { convolution, dense, scores } from "./layers.ts";
export { initialize, type Noise, type Parameter, Parameters } from "./parameters.ts";
