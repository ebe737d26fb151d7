/**
 * Dropout (Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov 2014): in training each value is 0 with the
 * probability r, and the others are divided by 1 − r, so that the mean stays; otherwise the layer is not there.
 *
 *     bits uint8, uniform in 0 … 255, one for each value;  y = x · (bits ≥ threshold ? scale : 0)
 *     threshold = round(256 r), from 1 to 255;  scale = 256 / (256 − threshold)
 *
 * The bits, the threshold and the scale are inputs, so another rate above 0 never rebuilds the step. The rate is thereby
 * rounded to a 256th; the mean is exact for the rounded one. The gradient goes the same way back: dx = dy · mask.
 *
 * Differs: the paper multiplies by 1 − r when the network is used, here the survivors are scaled in training ("inverted
 * dropout"), so that the exported network is the plain one.
 */
import { input, scoped, type Tensor } from "../ir/index.ts";
import { cast, greaterEqual, mul, where } from "../ops/index.ts";
import type { Noise, Parameters } from "./parameters.ts";

const threshold = (noise: string) => `${noise}.threshold`;
const scale = (noise: string) => `${noise}.scale`;

/** x [batch, …] with a share `rate` of its values at 0, in training; x itself otherwise, or when the rate is 0. */
export function dropout(p: Parameters, x: Tensor, rate: number): Tensor {
  if (!p.noisy || rate === 0) return x;
  const { name } = p.declareNoise("dropout", x.shape, rate);
  return scoped("dropout", () => {
    const bits = input(name, x.shape, { dtype: "uint8" }) as Tensor;
    const least = input(threshold(name), [], { role: "scalar" }) as Tensor;
    const factor = input(scale(name), [], { role: "scalar" }) as Tensor;
    const mask = where(greaterEqual(cast(bits, "float32"), least), factor, 0);
    return mul(x, mask);
  });
}

/** The scalar inputs of a noise, by name. */
export function dropoutScalars({ name, rate }: Noise): Readonly<Record<string, number>> {
  const dropped = Math.min(255, Math.max(1, Math.round(256 * rate)));
  return { [threshold(name)]: dropped, [scale(name)]: 256 / (256 - dropped) };
}
