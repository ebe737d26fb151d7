/**
 * Ways to say which part of an input a score comes from. Each is a few ops behind the backward pass, so it runs in the graph.
 * In all of them s is the score of one class for each example, before softmax.
 */
import { gradients } from "../autodiff/index.ts";
import { choose, frozen, UsageError } from "../core/index.ts";
import { bind, input, type Tensor, topological } from "../ir/index.ts";
import { activations } from "../nn/index.ts";
import { abs, max, mean, mul, relu, sum } from "../ops/index.ts";
import type { Traced } from "./traced.ts";

export interface Method {
  readonly name: "grad-cam" | "hires-cam" | "saliency" | "input-gradient";
  /** One line for people. */
  readonly summary: string;
  /** What a network must have. */
  readonly needs: "a convolution" | "pictures" | "nothing";
  /** Positive numbers speak for the class, negative ones against it; otherwise there are none below 0. */
  readonly signed: boolean;
  /**
   * @param total Σ s over the batch: examples do not meet, so its gradient is each example's own
   * @returns [batch, height, width], at the resolution of what it looks at; of numbers [batch, features]
   */
  map(traced: Traced, total: Tensor): Tensor;
}

/** Ops that are activations of a network. */
const activationOps = new Set(Object.values(activations).map(({ apply }) => apply(input("x", [1]) as Tensor).op.name));

/** The maps of the last convolution, before and after its activation; undefined where there is no convolution. */
function lastConvolution({ scores }: Traced): { readonly output: Tensor; readonly active: Tensor } | undefined {
  const order = topological([scores]);
  const at = order.findLastIndex(({ op }) => op.name === "conv2d");
  if (at < 0) return undefined;
  const output = order[at];
  const activation = order.slice(at).find(({ op }) => activationOps.has(op.name));
  // Networks pool before they activate, which is the same function; the maps are wanted at full size.
  return { output, active: activation === undefined ? output : bind(activation.op, [output], activation.attrs) };
}

/** The maps of the last convolution and ∂s/∂maps, both [batch, channels, height, width]. */
function mapsAndGradient(traced: Traced, total: Tensor): [active: Tensor, gradient: Tensor] {
  const { output, active } = lastConvolution(traced)!;
  return [active, gradients(total, [output])[0]];
}

const gradCam = frozen<Method>({
  name: "grad-cam",
  summary: "what the last convolution saw, each map by its mean gradient",
  needs: "a convolution",
  signed: false,
  // relu(Σ_k α_k A_k) with α_k = mean of ∂s/∂A_k over space (Selvaraju et al. 2017, equations 1 and 2).
  // Differs: the gradient is the one at the convolution's output, before activation and pooling. With relu it is the paper's
  // but for windows in which nothing is active: the paper lets one of their ties speak, here they are silent.
  map: (traced, total) => {
    const [active, gradient] = mapsAndGradient(traced, total);
    return relu(sum(mul(mean(gradient, [2, 3], true), active), 1));
  },
});

const hiresCam = frozen<Method>({
  name: "hires-cam",
  summary: "the same place by place: of what adds up to the score",
  needs: "a convolution",
  signed: true,
  // Σ_k ∂s/∂A_k ⊙ A_k (Draelos and Carin 2020). With relu and one linear layer behind, its sum over space is the score less its bias.
  map: (traced, total) => {
    const [active, gradient] = mapsAndGradient(traced, total);
    return sum(mul(gradient, active), 1);
  },
});

const saliency = frozen<Method>({
  name: "saliency",
  summary: "how fast the score changes with each pixel",
  needs: "pictures",
  signed: false,
  // max over channels of |∂s/∂x| (Simonyan, Vedaldi, Zisserman 2013, section 3.1).
  map: ({ prepared }, total) => max(abs(gradients(total, [prepared])[0]), 1),
});

const inputGradient = frozen<Method>({
  name: "input-gradient",
  summary: "what each pixel adds to the score: value times gradient",
  needs: "nothing",
  signed: true,
  // Σ over channels of x ⊙ ∂s/∂x (Shrikumar et al. 2016), x less the mean over the training data. Of a linear classifier the
  // sum of all is the score less its bias.
  map: ({ prepared }, total) => {
    const products = mul(prepared, gradients(total, [prepared])[0]);
    return prepared.rank === 4 ? sum(products, 1) : products;
  },
});

/** Every way, by name. */
export const methods = frozen({
  "grad-cam": gradCam,
  "hires-cam": hiresCam,
  saliency,
  "input-gradient": inputGradient,
}) satisfies Readonly<Record<Method["name"], Method>>;

/**
 * The way that was asked for; without a name Grad-CAM where there is a convolution, else what each input adds.
 * @throws UsageError when there is none of that name, or the network lacks what it needs
 */
export function methodFor(traced: Traced, name?: string): Method {
  const has = {
    "a convolution": lastConvolution(traced) !== undefined,
    pictures: traced.prepared.rank === 4,
    nothing: true,
  };
  if (name === undefined) return has["a convolution"] ? gradCam : inputGradient;
  const method = choose("method", methods, name) as Method;
  if (has[method.needs]) return method;
  const fitting = Object.values<Method>(methods).flatMap((one) => (has[one.needs] ? [one.name] : []));
  throw new UsageError(
    "method",
    `${name} needs ${method.needs}, which this network has not`,
    `choose ${fitting.join(" or ")}`,
  );
}
