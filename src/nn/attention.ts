/**
 * What a transformer is made of (Vaswani et al. 2017, "Attention is all you need"), on tokens x [batch, tokens, width]: each token a
 * row of numbers.
 */
import { UsageError } from "../core/index.ts";
import { scoped, type Tensor } from "../ir/index.ts";
import { add, layerNorm, matmul, mul, reshape, softmax, transpose } from "../ops/index.ts";
import { type ActivationName, activate, initializerFor } from "./activations.ts";
import { dropout } from "./dropout.ts";
import { filledWith, glorotUniform, type Initializer, zeros } from "./initializers.ts";
import type { Parameters } from "./parameters.ts";

/** Each token with mean 0 and variance 1, then scaled and shifted. Ba, Kiros and Hinton 2016. */
export function layerNormed(p: Parameters, x: Tensor): Tensor {
  const size = [x.shape[x.rank - 1]];
  return layerNorm(x, {
    scale: p.declare("scale", size, "bias", filledWith(1)),
    bias: p.declare("shift", size, "bias", zeros),
  });
}

/** The same affine function of every token: x [..., in] → x W + b [..., out]. */
export function projection(
  p: Parameters,
  x: Tensor,
  out: number,
  { initializer, bias = true }: { readonly initializer?: Initializer; readonly bias?: boolean } = {},
): Tensor {
  const fanIn = x.shape[x.rank - 1];
  const weight = p.declare("weight", [fanIn, out], "weight", initializer ?? glorotUniform(fanIn, out));
  const product = matmul(x, weight);
  return bias ? add(product, p.declare("bias", [out], "bias", zeros)) : product;
}

/**
 * Multi-head self-attention: each token asks (a query) all tokens (their keys) and takes the mean of what they say (their values),
 * weighted by softmax(q kᵀ / √size); `heads` times side by side, on width / heads numbers each. Vaswani et al. 2017, section 3.2.
 * Differs: keys have no bias. It would add one number to all that a query is compared with, which softmax takes out again.
 * @param x [batch, tokens, width]
 * @returns [batch, tokens, width]
 * @throws UsageError when the heads do not divide the width
 */
export function attention(p: Parameters, x: Tensor, heads: number): Tensor {
  const [batch, tokens, width] = x.shape;
  const size = width / heads;
  if (!Number.isInteger(size)) {
    throw new UsageError("attention", `${heads} heads of a width of ${width}`, "the heads must divide the width");
  }
  const perHead = (name: string, order: readonly number[], bias = true) =>
    scoped(name, () => transpose(reshape(projection(p, x, width, { bias }), [batch, tokens, heads, size]), order));
  const queries = perHead("query", [0, 2, 1, 3]);
  const keys = perHead("key", [0, 2, 3, 1], false);
  const values = perHead("value", [0, 2, 1, 3]);
  const weights = softmax(matmul(mul(queries, 1 / Math.sqrt(size)), keys));
  const joined = reshape(transpose(matmul(weights, values), [0, 2, 1, 3]), [batch, tokens, width]);
  return scoped("output", () => projection(p, joined, width));
}

export interface TransformerBlockOptions {
  readonly heads: number;
  /** Width of the hidden layer of each token's perceptron, in widths of the token. */
  readonly mlpRatio: number;
  readonly activation: ActivationName;
  /** The share of what each half adds that is left out in training. */
  readonly dropout: number;
}

/**
 * One block: attention between the tokens, then a perceptron of each token by itself, each added to what comes in. Differs from
 * Vaswani et al. 2017: the normalization comes before each half and not after the sum, so that the way through all blocks is a
 * plain sum and no warm-up is needed (Xiong et al. 2020, "On layer normalization in the transformer architecture").
 */
export function transformerBlock(p: Parameters, x: Tensor, options: TransformerBlockOptions): Tensor {
  const { heads, mlpRatio, activation, dropout: rate } = options;
  const width = x.shape[x.rank - 1];
  const half = (name: string, own: (normed: Tensor) => Tensor) => (h: Tensor) =>
    scoped(name, () => {
      const normed = scoped("norm", () => layerNormed(p, h));
      return add(h, dropout(p, own(normed), rate));
    });
  const attended = half("attention", (normed) => attention(p, normed, heads))(x);
  return half("mlp", (normed) => {
    const inner = Math.round(width * mlpRatio);
    const initializer = initializerFor(activation, width, inner);
    const hidden = scoped("hidden", () => activate(activation, projection(p, normed, inner, { initializer })));
    return scoped("output", () => projection(p, hidden, width));
  })(attended);
}
