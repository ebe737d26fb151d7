/**
 * groupNorm: the channels of x [batch, channels, …] in `groups` equal groups; the values of each group of a picture are brought to
 * mean 0 and variance 1, then each channel is scaled and shifted. Wu and He 2018, "Group normalization". One group is layer
 * normalization over the whole picture, as many groups as channels is instance normalization (Ulyanov et al. 2016). No picture
 * meets another one, so it works with batches of any size and needs no running statistics.
 *
 * Made of layerNorm: ONNX has GroupNormalization only as a function (opsets 18 and 21 disagree on its scale), which ONNX Runtime
 * takes apart again.
 */
import { formatShape, UsageError } from "../core/index.ts";
import type { Tensor } from "../ir/index.ts";
import { add } from "./add.ts";
import { layerNorm } from "./layer-norm.ts";
import { mul } from "./mul.ts";
import { reshape } from "./reshape.ts";

/**
 * x [batch, channels, …] normalized in groups of channels.
 * @param affine scale and bias, [channels] each
 * @throws UsageError when the groups do not divide the channels
 */
export function groupNorm(
  x: Tensor,
  groups: number,
  affine: { readonly scale?: Tensor; readonly bias?: Tensor } = {},
  epsilon = 1e-5,
): Tensor {
  const [batch, channels, ...space] = x.shape;
  if (x.rank < 2 || !(groups >= 1) || channels % groups !== 0) {
    const what = `${groups} groups of the channels of ${formatShape(x.shape)}`;
    throw new UsageError("groupNorm", what, "the groups must divide the second axis");
  }
  const standardized = reshape(layerNorm(reshape(x, [batch, groups, -1]), {}, epsilon), x.shape);
  const perChannel = (values: Tensor) => reshape(values, [channels, ...space.map(() => 1)]);
  const scaled = affine.scale ? mul(standardized, perChannel(affine.scale)) : standardized;
  return affine.bias ? add(scaled, perChannel(affine.bias)) : scaled;
}
