export { type ActivationName, activate, activations, initializerFor } from "./activations.ts";
export { dropout, dropoutScalars } from "./dropout.ts";
export {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  smallNormal,
  zeros,
} from "./initializers.ts";
export { convolution, dense, scores } from "./layers.ts";
export { initialize, type Noise, type Parameter, Parameters } from "./parameters.ts";
