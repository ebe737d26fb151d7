import { gradients } from "../../autodiff/index.ts";
import { choose, UsageError } from "../../core/index.ts";
import { graph, input, scoped, type Tensor } from "../../ir/index.ts";
import { type LossChoice, losses } from "../../losses/index.ts";
import { lower, ModelBuilder } from "../../onnx/index.ts";
import { add, cast, matmul, mul, sum } from "../../ops/index.ts";

/** Examples in one run of a graph: enough to fill the processor, few enough to stay in its cache. */
export const CHUNK = 500;

/** What a linear classifier is fitted to: the kind of its features and of its targets. */
export interface ConvexRecipe {
  readonly loss: LossChoice;
  /** Examples in one run of a graph. The last, smaller chunk is filled up with examples of weight 0. */
  readonly chunk: number;
  readonly features: number;
  readonly dtype: "uint8" | "float64";
  readonly classes: number;
  /** The truth is a distribution `targets` float64 [chunk, classes] instead of `labels` int32 [chunk]. */
  readonly softTargets: boolean;
  /** Examples have weights of their own. */
  readonly weighted: boolean;
}

/** Models in bytes, all in float64; their inputs and outputs are those of `Traced`. */
export interface ConvexGraphs {
  readonly chunk: number;
  /** loss [], gradient of v, gradient of c */
  readonly value: Uint8Array;
  /** The product of the Hessian and (dv, dc), in two parts like the gradient; absent for a loss with kinks. */
  readonly curvature?: Uint8Array;
  /** scores [chunk, classes] */
  readonly scores: Uint8Array;
  /** Σ x xᵀ [features, features] of `gramChunk` examples: of bytes in int32, which is exact, else in float64 */
  readonly gram: Uint8Array;
  readonly gramChunk: number;
  readonly exactGram: boolean;
}

/**
 * x [chunk, features], v [features, classes], c [classes]: scores x v + c. The normalisation of pictures is an affine map, so
 * it is part of v and c, and bytes are cast and multiplied as they are: one pass over them less.
 */
function linearScores({ chunk, features, dtype, classes }: ConvexRecipe) {
  const x = input("x", [chunk, features], { dtype });
  const v = input("v", [features, classes], { dtype: "float64", role: "weight" });
  const c = input("c", [classes], { dtype: "float64", role: "bias" });
  const wide = dtype === "float64" ? (x as Tensor) : cast(x as Tensor, "float64");
  return { x, v, c, scores: add(matmul(wide, v as Tensor), c as Tensor) };
}

function weightedLoss(recipe: ConvexRecipe) {
  const { chunk, classes, softTargets } = recipe;
  const net = linearScores(recipe);
  const unit = choose("loss", losses, recipe.loss.name);
  const options = { ...unit.defaults, ...recipe.loss.options };
  const truth = softTargets
    ? input("targets", [chunk, classes], { dtype: "float64" })
    : input("labels", [chunk], { dtype: "int32" });
  const weights = input("weights", [chunk], { dtype: "float64" });
  const perExample = scoped("loss", () => {
    if (!softTargets) return unit.perExample(options, net.scores, truth as Tensor);
    if (unit.perTarget === undefined) {
      throw new UsageError(`loss ${unit.name}`, "it needs one true class", "choose a loss for distributions");
    }
    return unit.perTarget(options, net.scores, truth as Tensor);
  });
  return { ...net, loss: sum(mul(perExample, weights as Tensor)), inputs: [net.x, net.v, net.c, truth, weights] };
}

/** The loss of a chunk, its gradient, and the product of its Hessian with a direction: our own derivatives, twice. */
export function convexGraphs(recipe: ConvexRecipe): ConvexGraphs {
  const { v, c, loss, inputs } = weightedLoss(recipe);
  const [ofV, ofC] = gradients(loss, [v as Tensor, c as Tensor]);
  const dv = input("dv", v.shape, { dtype: "float64" });
  const dc = input("dc", c.shape, { dtype: "float64" });
  const smooth = choose("loss", losses, recipe.loss.name).smooth === true;
  const along = add(sum(mul(ofV, dv as Tensor)), sum(mul(ofC, dc as Tensor)));
  const [hv, hc] = smooth ? gradients(along, [v as Tensor, c as Tensor]) : [];
  const forward = linearScores(recipe);
  return {
    chunk: recipe.chunk,
    value: lower(graph({ loss, gv: ofV, gc: ofC }, inputs), "loss and gradient"),
    ...(smooth ? { curvature: lower(graph({ hv, hc }, [...inputs, dv, dc]), "curvature") } : {}),
    scores: lower(graph({ scores: forward.scores }, [forward.x, forward.v, forward.c]), "scores"),
    ...gramModel(recipe),
  };
}

/** Larger chunks than those of the loss: what counts is the product, and a chunk's sum is added up in JavaScript. */
const GRAM_CHUNK = 2000;

/**
 * Xᵀ X. Bytes are multiplied as integers (MatMulInteger, ONNX opset 10): exact, and on 60,000 pictures of 784 pixels 0.17 s
 * where float64 takes 0.55.
 */
export function gramModel({
  chunk,
  features,
  dtype,
  weighted,
}: Pick<ConvexRecipe, "chunk" | "features" | "dtype" | "weighted">) {
  const exactGram = dtype === "uint8" && !weighted;
  const gramChunk = Math.max(chunk, GRAM_CHUNK);
  const builder = new ModelBuilder();
  const x = builder.input("x", exactGram ? "uint8" : "float64", [gramChunk, features]);
  const transposed = builder.node("Transpose", [x], { perm: [1, 0] });
  const product = builder.node(exactGram ? "MatMulInteger" : "MatMul", [transposed, x]);
  builder.output("gram", product, exactGram ? "int32" : "float64", [features, features]);
  return { gram: builder.finish("Gram matrix"), gramChunk, exactGram };
}
