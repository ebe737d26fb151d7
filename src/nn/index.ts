export { dropout, dropoutScalars } from "./dropout.ts";
export { glorotUniform, heNormal, type Initializer, smallNormal, zeros } from "./initializers.ts";
export { type ActivationName, activate, activations, convolution, dense, scores } from "./layers.ts";
export { initialize, type Noise, type Parameter, Parameters } from "./parameters.ts";
