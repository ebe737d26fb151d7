import { chosen, frozen } from "../core/index.ts";
import { scoped, type Tensor } from "../ir/index.ts";
import { dropout, normedConvolution, residual, scores } from "../nn/index.ts";
import { maxPool2d, mean, relu } from "../ops/index.ts";
import { float, logInt } from "../space/index.ts";
import type { Model, ModelChoice, PictureSize } from "./model.ts";

export interface FastnetOptions {
  /** Filters of the first convolution; the two blocks have twice and three times as many. */
  readonly width: number;
  /** The share of the last block's channels that is left out of each step, before the scores; rounded to a 256th. */
  readonly dropout: number;
}

/** Height and width that are left for the last block. */
const LAST = 7;

/** How often the picture is halved; two of them lie before the blocks, the others before everything. */
function halvings({ height, width }: PictureSize): number {
  return Math.max(2, Math.round(Math.log2(Math.min(height, width) / LAST)));
}

/**
 * A small residual network for a processor without a graphics card: a convolution on the whole picture, which is cheap since there are few
 * channels, then a block at a half and a block at a quarter of its size. Of 28 to 40 pixels 0.2 million weights and some 20 million
 * multiply-adds a picture, half of what a residual network of 20 layers takes; larger pictures are halved first.
 */
export const fastnetModel = frozen<Model<FastnetOptions>>({
  name: "fastnet",
  summary: "two residual blocks with batch norm: small, and learns fast",
  picturesOnly: true,
  defaults: { width: 32, dropout: 0 },
  smallest: { width: 2 },
  ranges: { width: [1, Number.POSITIVE_INFINITY], dropout: [0, 1] },
  space: () => ({ width: logInt(12, 64), dropout: float(0, 0.5) }),
  searchFirst: ["width", "dropout"],
  apply: ({ width, dropout: rate }, x, classes, parameters) => {
    const before = halvings({ height: x.shape[2], width: x.shape[3] }) - 2;
    // Pooling comes before the activation, which is monotone: the same function, with a quarter of the work.
    let h: Tensor = scoped("stem", () => {
      const maps = normedConvolution(parameters, x, width, 3, { stride: before > 0 ? 2 : 1 });
      return relu(maxPool2d(maps, 2 ** Math.max(1, before)));
    });
    h = scoped("block1", () => residual(parameters, h, 2 * width, { stride: 1, shortcut: "pad", blocks: 2 }));
    h = scoped("block2", () =>
      residual(parameters, maxPool2d(h, 2), 3 * width, { stride: 1, shortcut: "pad", blocks: 2 }),
    );
    // Global average pooling (Lin, Chen, Yan 2013): one number a channel, whatever the size of the picture.
    return scoped("scores", () => scores(parameters, dropout(parameters, mean(h, [2, 3]), rate), classes));
  },
});

/** A small, fast residual network; of 32, 64 and 96 filters unless said. */
export const fastnet = (options: Partial<FastnetOptions> = {}): ModelChoice => chosen("model", fastnetModel, options);
