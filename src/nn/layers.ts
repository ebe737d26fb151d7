/** Layers: compositions of ops with parameters. Each takes its input first and declares what it learns by name. */
import { sizeOf } from "../core/index.ts";
import { scoped, type Tensor } from "../ir/index.ts";
import { add, conv2d, matmul } from "../ops/index.ts";
import { type ActivationName, activate, initializerFor } from "./activations.ts";
import { smallNormal, zeros } from "./initializers.ts";
import type { Parameters } from "./parameters.ts";

/** Fully connected with an activation: x [batch, in] → f(x W + b) [batch, out]; W [in, out]. */
export function dense(p: Parameters, x: Tensor, out: number, activation: ActivationName): Tensor {
  const fanIn = x.shape[1];
  const weight = p.declare("weight", [fanIn, out], "weight", initializerFor(activation, fanIn, out));
  const bias = p.declare("bias", [out], "bias", zeros);
  return activate(activation, add(matmul(x, weight), bias));
}

/**
 * The last layer: x [batch, in] → scores x W + b [batch, classes]. Its weights start small, so that the scores start near 0
 * and the first loss is the one that theory expects (ln C for cross-entropy, C − 1 for the multiclass hinge).
 */
export function scores(p: Parameters, x: Tensor, classes: number): Tensor {
  const weight = p.declare("weight", [x.shape[1], classes], "weight", smallNormal(0.1 / Math.sqrt(x.shape[1])));
  const bias = p.declare("bias", [classes], "bias", zeros);
  return add(matmul(x, weight), bias);
}

/** Convolution that keeps height and width: x [batch, in, h, w] → [batch, filters, h, w], without an activation. */
export function convolution(
  p: Parameters,
  x: Tensor,
  filters: number,
  kernel: number,
  activation: ActivationName,
): Tensor {
  const shape = [filters, x.shape[1], kernel, kernel];
  const fanIn = sizeOf(shape.slice(1));
  const initializer = initializerFor(activation, fanIn, filters * kernel * kernel);
  const weight = p.declare("weight", shape, "weight", initializer);
  const bias = p.declare("bias", [filters], "bias", zeros);
  return conv2d(x, weight, { bias, padding: "same" });
}

/**
 * Depthwise-separable convolution (Howard et al. 2017, "MobileNets"): each channel is filtered by itself, then activated, then 1×1
 * filters mix the channels: 1 / filters + 1 / kernel² of the work and of the weights of a full one. Keeps height and width:
 * x [batch, in, h, w] → [batch, filters, h, w], without an activation behind it.
 * Differs: no batch normalization behind the two; each has a bias instead.
 */
export function separableConvolution(
  p: Parameters,
  x: Tensor,
  filters: number,
  kernel: number,
  activation: ActivationName,
): Tensor {
  const channels = x.shape[1];
  const filtered = scoped("depthwise", () => {
    const places = kernel * kernel;
    const shape = [channels, 1, kernel, kernel];
    const weight = p.declare("weight", shape, "weight", initializerFor(activation, places, places));
    const bias = p.declare("bias", [channels], "bias", zeros);
    return activate(activation, conv2d(x, weight, { bias, padding: "same", groups: channels }));
  });
  return scoped("pointwise", () => convolution(p, filtered, filters, 1, activation));
}
