/** Which parts of a picture speak for a class: one number for each place. */
import { formatShape, sizeOf, UsageError } from "../core/index.ts";
import { type Graph, graph, input, type Tensor } from "../ir/index.ts";
import { lowerInto, ModelBuilder } from "../onnx/index.ts";
import { mul, oneHot, sum } from "../ops/index.ts";
import type { Value, Values } from "../runtime/index.ts";
import { type Method, methodFor } from "./methods.ts";
import type { Traced, Weights } from "./traced.ts";

/** One number for each place of what a network is given, row by row; coarser than the picture where a method looks deeper. */
export interface HeatMap {
  readonly height: number;
  readonly width: number;
  /** [height, width]; of numbers [1, features]. */
  readonly values: Float32Array;
  /** Numbers below 0 speak against the class; otherwise there are none. */
  readonly signed: boolean;
}

export interface Heat {
  readonly method: Method["name"];
  /** One for each example. */
  readonly maps: readonly HeatMap[];
  /** [batch, classes] */
  readonly scores: Float32Array;
}

/** Runs a model file once, on what it is fed and what it is held; `remoteModel` of the runtime makes one of bytes, and so does a session. */
export type Run = (model: Uint8Array, feeds: Values, held: Values) => Promise<Record<string, Value>>;

/** Σ over the batch of the score of each example's class, from the input `class` int32 [batch]. */
export function chosenScores({ scores }: Traced): Tensor {
  const [batch, classes] = scores.shape;
  const chosen = input("class", [batch], { dtype: "int32" }) as Tensor;
  return sum(mul(scores, oneHot(chosen, classes)));
}

/** `pixels` (or `features`), `class` and the parameters to `scores` [batch, classes] and `map` [batch, …]. */
export function heatGraph(traced: Traced, method: Method): Graph {
  return graph({ scores: traced.scores, map: method.map(traced, chosenScores(traced)) });
}

/** A graph with these weights as a model file, whose inputs are what is left. */
export function modelWith(traced: Graph, weights: Weights, name: string): Uint8Array<ArrayBuffer> {
  const builder = new ModelBuilder();
  const feeds = Object.fromEntries(
    traced.inputs.map(({ attrs }) => {
      const values = weights[attrs.name];
      if (values === undefined) return [attrs.name, builder.input(attrs.name, attrs.dtype, attrs.shape)];
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      return [attrs.name, builder.initializer(attrs.name, bytes, attrs.shape, "float32")];
    }),
  );
  const values = lowerInto(builder, traced, feeds);
  for (const [output, { dtype, shape }] of Object.entries(traced.outputs)) {
    builder.output(output, values[output], dtype, shape);
  }
  return builder.finish(name);
}

/** Bytes of weights above which a model takes them as inputs instead of holding them. */
const LARGE = 2 ** 28;

/** A model of some weights, with what has to be fed to it in every run. */
export interface WeightedModel {
  readonly model: Uint8Array;
  /** The weights, where they are too large to be copied into the model; nothing otherwise. */
  readonly held: Values;
}

/** `modelWith`; of a large network the model takes the weights as inputs. */
export function modelFor(traced: Graph, weights: Weights, name: string, large = LARGE): WeightedModel {
  const used = traced.inputs.filter(({ attrs }) => weights[attrs.name] !== undefined);
  const bytes = used.reduce((total, { attrs }) => total + weights[attrs.name]!.byteLength, 0);
  if (bytes <= large) return { model: modelWith(traced, weights, name), held: {} };
  const entries = used.map(({ attrs }) => {
    return [attrs.name, { dtype: "float32" as const, shape: attrs.shape, data: weights[attrs.name]! }] as const;
  });
  return { model: modelWith(traced, {}, name), held: Object.fromEntries(entries) };
}

/** What a model of `modelWith` is fed: the examples, and the class of each. */
export function feedsOf(
  { pixels: { attrs }, scores }: Traced,
  examples: Uint8Array | Float32Array,
  classes: readonly number[],
) {
  const [batch, count] = scores.shape;
  const wrong = classes.find((one) => !(Number.isInteger(one) && one >= 0 && one < count));
  if (wrong !== undefined) throw new UsageError("class", `is ${wrong}`, `give a whole number from 0 to ${count - 1}`);
  if (classes.length !== batch || examples.length !== sizeOf(attrs.shape)) {
    throw new UsageError(
      "examples",
      `there are ${examples.length} values and ${classes.length} classes for ${formatShape(attrs.shape)}`,
      "trace the network for as many examples as there are, and give a class for each",
    );
  }
  return {
    [attrs.name]: { dtype: attrs.dtype as "uint8" | "float32", shape: attrs.shape, data: examples },
    class: { dtype: "int32" as const, shape: [batch], data: Int32Array.from(classes) },
  };
}

/**
 * Which places of some pictures, already of the network's size, speak for a class.
 *
 * @param traced the network for as many examples: `network(recipe, count)` of the room train
 * @param examples bytes [count, height, width, channels], or numbers [count, features]
 * @param classes for each example the class whose score is explained
 * @param run what runs a model, so that nothing here knows a runtime
 * @param name of the method; Grad-CAM where the network has a convolution, else input × gradient
 * @throws UsageError when the method does not fit the network, or a class does not exist
 */
export async function heatOf(
  traced: Traced,
  weights: Weights,
  examples: Uint8Array | Float32Array,
  classes: readonly number[],
  run: Run,
  name?: string,
): Promise<Heat> {
  const method = methodFor(traced, name);
  const feeds = feedsOf(traced, examples, classes);
  const { model, held } = modelFor(heatGraph(traced, method), weights, "heat");
  const results = await run(model, feeds, held);
  return heatFrom(method, results);
}

/** The results of a heat graph, one map an example. */
export function heatFrom({ name, signed }: Method, { scores, map }: Record<string, Value>): Heat {
  const [batch, ...shape] = map.shape;
  const [height, width] = shape.length === 2 ? shape : [1, shape[0]];
  const values = map.data as Float32Array;
  const size = height * width;
  const maps = Array.from({ length: batch }, (_, i) => {
    return { height, width, signed, values: values.slice(i * size, (i + 1) * size) };
  });
  return { method: name, maps, scores: scores.data as Float32Array };
}
