/**
 * A residual block (He, Zhang, Ren, Sun 2015, "Deep residual learning for image recognition"): y = relu(F(x) + s(x)), where F is two
 * convolutions 3×3 with batch normalisation, the first with an activation behind it, and s the shortcut. γ of the last normalisation
 * begins at 1 / √blocks, so that all blocks together add about as much as came in, however many there are (De and Smith 2020, "Batch
 * normalization biases residual blocks towards the identity function in deep networks").
 *
 * Differs: Goyal et al. 2017 let it begin at 0, for which Adam, whose steps have one size, needs its first hundreds of steps to
 * undo.
 */
import { scoped, type Tensor } from "../ir/index.ts";
import { add, pad, relu, slice } from "../ops/index.ts";
import { normedConvolution } from "./batch-norm.ts";
import type { Parameters } from "./parameters.ts";

/**
 * How x gets the shape of F(x) where they differ. Option A of the paper, `pad`: every second row and column, and channels of zeros on
 * both sides; nothing to learn. Option B, `project`: a convolution 1×1 with batch normalisation.
 */
export type Shortcut = "pad" | "project";

export interface ResidualOptions {
  readonly stride: 1 | 2;
  readonly shortcut: Shortcut;
  /** Blocks in the whole network. */
  readonly blocks: number;
}

/** x [batch, in, h, w] → [batch, filters, h / stride, w / stride], rounded up. */
export function residual(p: Parameters, x: Tensor, filters: number, options: ResidualOptions): Tensor {
  const { stride, blocks } = options;
  const inner = relu(scoped("conv1", () => normedConvolution(p, x, filters, 3, { stride })));
  const outer = scoped("conv2", () => normedConvolution(p, inner, filters, 3, { scale: 1 / Math.sqrt(blocks) }));
  return relu(
    add(
      outer,
      scoped("shortcut", () => shortcutOf(p, x, filters, options)),
    ),
  );
}

function shortcutOf(p: Parameters, x: Tensor, filters: number, { stride, shortcut }: ResidualOptions): Tensor {
  const extra = filters - x.shape[1];
  if (stride === 1 && extra === 0) return x;
  if (shortcut === "project") return normedConvolution(p, x, filters, 1, { stride });
  const near = stride === 1 ? x : slice(x, { axis: 2, step: stride }, { axis: 3, step: stride });
  const before = Math.floor(extra / 2);
  return extra === 0 ? near : pad(near, [0, before, 0, 0], [0, extra - before, 0, 0]);
}
