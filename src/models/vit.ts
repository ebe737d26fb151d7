import { chosen, frozen, UsageError } from "../core/index.ts";
import { scoped, type Tensor } from "../ir/index.ts";
import {
  type ActivationName,
  activations,
  dropout,
  layerNormed,
  type Parameters,
  projection,
  scores,
  transformerBlock,
  truncatedNormal,
} from "../nn/index.ts";
import { add, mean, pad, reshape, transpose } from "../ops/index.ts";
import { choice, float, int } from "../space/index.ts";
import type { Model, ModelChoice, PictureSize } from "./model.ts";

export interface VitOptions {
  /** Height and width of the squares that a picture is cut into, each of which becomes a token. "auto" makes 64 of them or fewer. */
  readonly patch: number | "auto";
  /** Numbers of a token; a multiple of the heads. */
  readonly dim: number;
  /** Blocks. */
  readonly depth: number;
  /** Heads of the attention of a block. */
  readonly heads: number;
  /** Units of a block's hidden layer for each number of a token. */
  readonly mlpRatio: number;
  readonly activation: ActivationName;
  /** The share that is left out of what each half of a block adds; rounded to a 256th. */
  readonly dropout: number;
}

/** Attention compares every token with every other one, so its work grows with the square of their number. */
const TOKENS = 64;

/** A patch for at most `TOKENS` tokens: 4 for 28 and 32 pixels, 8 for 64. */
const autoPatch = ({ height, width }: PictureSize): number => {
  let patch = 1;
  while (Math.ceil(height / patch) * Math.ceil(width / patch) > TOKENS) patch++;
  return patch;
};

/** @throws UsageError for numbers of which no network can be made */
function refuseUnfit({ dim, depth, heads }: VitOptions): void {
  for (const [name, value] of Object.entries({ dim, depth, heads })) {
    if (!Number.isInteger(value)) {
      throw new UsageError(`model vit, ${name}`, `is ${value}`, "give a whole number, 1 or more");
    }
  }
  if (dim % heads === 0) return;
  const fitting = heads * Math.max(1, Math.round(dim / heads));
  throw new UsageError(
    "model vit, heads",
    `${heads} heads do not divide dim=${dim}`,
    `write dim=${fitting}, or other heads`,
  );
}

/**
 * Cuts pictures [batch, channels, height, width] into squares: [batch, tokens, channels · patch · patch]. Where the squares do not
 * fill the picture, it gets zeros, the mean of all pictures, at its right and lower side.
 */
function patches(x: Tensor, patch: number): Tensor {
  const [batch, channels, height, width] = x.shape;
  const [rows, columns] = [Math.ceil(height / patch), Math.ceil(width / patch)];
  const [below, right] = [rows * patch - height, columns * patch - width];
  const whole = below + right === 0 ? x : pad(x, [0, 0, 0, 0], [0, 0, below, right]);
  const squares = transpose(reshape(whole, [batch, channels, rows, patch, columns, patch]), [0, 2, 4, 1, 3, 5]);
  return reshape(squares, [batch, rows * columns, channels * patch * patch]);
}

/**
 * The vision transformer (Dosovitskiy et al. 2020, "An image is worth 16x16 words"): squares of the picture become tokens, which learn
 * from each other by attention. Small, for small pictures. Differs: the scores come from the mean of all tokens and not from
 * one of its own, which is as good and simpler (Beyer, Zhai and Kolesnikov 2022, "Better plain ViT baselines for ImageNet-1k").
 */
export const vitModel = frozen<Model<VitOptions>>({
  name: "vit",
  summary: "vision transformer: patches as tokens, attention between them",
  picturesOnly: true,
  defaults: { patch: "auto", dim: 64, depth: 4, heads: 4, mlpRatio: 2, activation: "gelu", dropout: 0 },
  ranges: {
    patch: [1, Number.POSITIVE_INFINITY],
    dim: [1, Number.POSITIVE_INFINITY],
    depth: [1, Number.POSITIVE_INFINITY],
    heads: [1, Number.POSITIVE_INFINITY],
    dropout: [0, 1],
  },
  space: () => ({
    dim: choice(32, 64, 96, 128, 192),
    depth: int(2, 8),
    heads: choice(2, 4, 8),
    mlpRatio: choice(1, 2, 4),
    activation: choice(...Object.keys(activations)),
    dropout: float(0, 0.3),
  }),
  searchFirst: ["dim", "depth", "dropout"],
  settle: (options, picture) => {
    refuseUnfit(options);
    return { ...options, patch: options.patch === "auto" ? autoPatch(picture) : options.patch };
  },
  apply: (options, x, classes, parameters) => {
    refuseUnfit(options);
    const { patch, dim, depth, ...block } = options;
    const side = patch === "auto" ? autoPatch({ height: x.shape[2], width: x.shape[3] }) : patch;
    let h = scoped("patches", () => embedding(parameters, patches(x, side), dim, block.dropout));
    for (let i = 1; i <= depth; i++) {
      h = scoped(`blocks.${i}`, () => transformerBlock(parameters, h, block));
    }
    const normed = scoped("norm", () => layerNormed(parameters, h));
    return scoped("scores", () => scores(parameters, mean(normed, 1), classes));
  },
});

/** Each square as a token of `dim` numbers, and to each a learned row that says where it lies. */
function embedding(p: Parameters, squares: Tensor, dim: number, rate: number): Tensor {
  const [, tokens, size] = squares.shape;
  const embedded = projection(p, squares, dim, { initializer: truncatedNormal(1 / Math.sqrt(size)) });
  const positions = p.declare("positions", [tokens, dim], "bias", truncatedNormal(0.02));
  return dropout(p, add(embedded, positions), rate);
}

/** A small vision transformer: 64 tokens of 64 numbers at most, and four blocks, unless said. */
export const vit = (options: Partial<VitOptions> = {}): ModelChoice => chosen("model", vitModel, options);
