import { Random } from "../core/index.ts";
import { checkGraph, type Feeds, type Row } from "../gradcheck/index.ts";
import { graph, type InputAttrs, input, type NDArray, scoped, type Tensor } from "../ir/index.ts";
import type { Loss } from "../losses/index.ts";
import type { Model } from "../models/index.ts";
import { initialize, Parameters } from "../nn/index.ts";
import { mean } from "../ops/index.ts";
import { numbers } from "../preprocess/index.ts";

/** Grey pictures of 8×8 in 4 classes, 5 in a batch: every rule takes part, and the reference needs milliseconds. */
const [side, classes, batch] = [8, 4, 5];

/** Layers as small as the pictures, and dropout at work, for whichever of these options a model has. */
const small: Readonly<Record<string, unknown>> = {
  ...{ hidden: [6, 5], channels: [2, 3], dropout: 0.25 },
  ...{ patch: 4, dim: 6, depth: 1, heads: 2 },
};

/** A model with a loss, traced, at a random point of its parameters. */
export interface Problem {
  /** The mean loss of the batch. */
  readonly loss: Tensor;
  readonly parameters: readonly Tensor<InputAttrs>[];
  readonly feeds: Feeds;
}

/** Puts a loss behind a small form of a model, as it is in training, and draws pictures, labels and parameters. */
export function networkProblem(model: Model, loss: Loss, seed: number): Problem {
  const own = Object.fromEntries(Object.entries(small).filter(([name]) => Object.hasOwn(model.defaults, name)));
  const sizes = { ...own, ...model.smallest };
  const pixels = input("pixels", [batch, side, side, 1], { dtype: "uint8" }) as Tensor;
  const x = scoped("numbers", () => numbers(pixels, { mean: [0.5], deviation: [0.25] }));
  const parameters = new Parameters("training");
  const scores = model.apply({ ...model.defaults, ...sizes }, x, classes, parameters);
  const labels = input("labels", [batch], { dtype: "int32" });
  const value = scoped("loss", () => mean(loss.perExample(loss.defaults, scores, labels as Tensor)));
  const first = initialize(parameters.list, seed);
  const feeds = graph({ value }).inputs.map(({ attrs }): [string, NDArray] => [attrs.name, draw(attrs, first, seed)]);
  return { loss: value, parameters: parameters.list.map(({ tensor }) => tensor), feeds: Object.fromEntries(feeds) };
}

/** Checks the backward rules of a whole network with its loss: every parameter, along a direction and two of its elements. */
export function checkNetwork(model: Model, loss: Loss, seed: number): Row[] {
  const problem = networkProblem(model, loss, seed);
  return checkGraph({ loss: problem.loss, wrt: problem.parameters, feeds: problem.feeds, coordinates: 2, seed });
}

function draw({ name, shape, dtype, role }: InputAttrs, first: Readonly<Record<string, Float32Array>>, seed: number) {
  const random = new Random(seed, `gradcheck ${name}`);
  const next = (): number => {
    if (dtype === "uint8") return random.below(256);
    if (dtype === "int32") return random.below(classes);
    // Biases away from 0 and scores of some size: a point without symmetries, where rules that are wrong show it.
    if (role === "bias" || name.startsWith("scores.")) return 0.5 * random.normal();
    return random.between(0.5, 1.5);
  };
  const own = role === "weight" && !name.startsWith("scores.") ? first[name] : undefined;
  const size = shape.reduce((product, dim) => product * dim, 1);
  return { shape, data: own ? Float64Array.from(own) : Float64Array.from({ length: size }, next) };
}
