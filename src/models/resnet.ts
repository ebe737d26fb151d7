import { chosen, frozen } from "../core/index.ts";
import { scoped, type Tensor } from "../ir/index.ts";
import { dropout, normedConvolution, residual, type Shortcut, scores } from "../nn/index.ts";
import { maxPool2d, mean, relu } from "../ops/index.ts";
import { choice, float, logInt } from "../space/index.ts";
import type { Model, ModelChoice, PictureSize } from "./model.ts";

export interface ResnetOptions {
  /**
   * Layers with weights on the longest way. 20, 32 and 56 are the paper's for small pictures: a convolution, then three stages of
   * blocks. 18 is the one for larger pictures: a convolution 7×7 and pooling, which leave a sixteenth of the places, then four
   * stages. "auto" takes 20 up to 64 pixels, 18 above.
   */
  readonly depth: number | "auto";
  /** Filters of the first stage; each stage has twice as many as the one before. "auto": 16, or 64 for a depth of 18. */
  readonly width: number | "auto";
  /** The share of the last stage's channels that is left out of each step, before the scores; rounded to a 256th. */
  readonly dropout: number;
}

/** Pictures up to so many pixels are small ones. */
const SMALL = 64;
const DEPTHS = [18, 20, 32, 56];

interface Shape {
  /** Blocks of each stage. */
  readonly blocks: readonly number[];
  readonly width: number;
  readonly large: boolean;
}

const depthOf = (depth: ResnetOptions["depth"], { height, width }: PictureSize) =>
  depth === "auto" ? (Math.min(height, width) <= SMALL ? 20 : 18) : depth;

function shapeOf({ depth, width }: ResnetOptions, picture: PictureSize): Shape {
  const layers = depthOf(depth, picture);
  const large = layers === 18;
  const blocks = large ? [2, 2, 2, 2] : Array.from({ length: 3 }, () => (layers - 2) / 6);
  return { blocks, width: width === "auto" ? (large ? 64 : 16) : width, large };
}

/** The residual network of He, Zhang, Ren, Sun 2015, in the paper's forms for small pictures and for large ones. */
export const resnetModel = frozen<Model<ResnetOptions>>({
  name: "resnet",
  summary: "residual blocks with batch norm: 20 layers, or 18 above 64 pixels",
  picturesOnly: true,
  defaults: { depth: "auto", width: "auto", dropout: 0 },
  smallest: { depth: 8, width: 2 },
  choices: { depth: ["auto", ...DEPTHS] },
  ranges: { width: [1, Number.POSITIVE_INFINITY], dropout: [0, 1] },
  space: (picture) => {
    const { width } = shapeOf({ depth: "auto", width: "auto", dropout: 0 }, picture);
    return {
      depth: choice(...(Math.min(picture.height, picture.width) <= SMALL ? [20, 32, 56] : [18])),
      width: logInt(width / 2, width * 2),
      dropout: float(0, 0.5),
    };
  },
  searchFirst: ["width", "dropout"],
  settle: (options, picture) => ({
    ...options,
    depth: depthOf(options.depth, picture),
    width: shapeOf(options, picture).width,
  }),
  apply: (options, x, classes, parameters) => {
    const { blocks, width, large } = shapeOf(options, { height: x.shape[2], width: x.shape[3] });
    const shortcut: Shortcut = large ? "project" : "pad";
    let h: Tensor = scoped("stem", () => {
      if (!large) return relu(normedConvolution(parameters, x, width, 3));
      return maxPool2d(relu(normedConvolution(parameters, x, width, 7, { stride: 2 })), 3, { stride: 2, padding: 1 });
    });
    blocks.forEach((count, stage) => {
      for (let block = 0; block < count; block++) {
        h = scoped(`stage${stage + 1}.${block + 1}`, () =>
          residual(parameters, h, width * 2 ** stage, {
            stride: stage > 0 && block === 0 ? 2 : 1,
            shortcut,
            blocks: blocks.reduce((sum, one) => sum + one),
          }),
        );
      }
    });
    // Global average pooling (Lin, Chen, Yan 2013): one number a channel, whatever the size of the picture.
    return scoped("scores", () => scores(parameters, dropout(parameters, mean(h, [2, 3]), options.dropout), classes));
  },
});

/** A residual network: of 20 layers for pictures up to 64 pixels, of 18 for larger ones unless said. */
export const resnet = (options: Partial<ResnetOptions> = {}): ModelChoice => chosen("model", resnetModel, options);
