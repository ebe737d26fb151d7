import { type Shape, UsageError, VERSION } from "../core/index.ts";
import { graph, type Tensor } from "../ir/index.ts";
import { joined, lowerInto, ModelBuilder, quantizeWeights, readMetadata } from "../onnx/index.ts";
import { mul, reshape, softmax } from "../ops/index.ts";
import { addGeometry, type Fit } from "../preprocess/index.ts";
import { network, type Recipe, type StateValues } from "../train/index.ts";

/** What a model file says of itself, beside the graph. */
export interface ModelFacts {
  readonly classes: readonly string[];
  /** T in softmax(T · scores). */
  readonly temperature: number;
  /** The data it was trained on, as the user named it. */
  readonly data: string;
  readonly fit: Fit;
  readonly seed: number;
  readonly weightsHash: string;
  /** Below which probability an answer means "none of the classes", and the share of right ones that this was to turn away. */
  readonly unknown?: { readonly below: number; readonly share: number };
  /** The names of the features, where the data are numbers. */
  readonly features?: readonly string[];
}

/** How weights are stored. */
export type Precision = "float32" | "int8";

/** What a model file says of itself, as it was read back: what shapes the network, and the facts. */
export interface DescribedModel {
  readonly recipe: Recipe;
  readonly facts: ModelFacts;
}

/**
 * The whole classifier as one ONNX file of standard operators: `pixels` uint8 [height, width, 3] (decoded RGB of any size)
 * to `probabilities` float32 [classes]. Preprocessing is inside: geometry, numbers, network and softmax(T · scores), the
 * very graphs that training used. Class names and provenance are in the metadata.
 *
 * Of data that are numbers: `features` float32 [n, features] to `probabilities` float32 [n, classes], for any number n of rows.
 * @param precision int8: weights are stored as bytes, a quarter of their size; biases and running statistics stay as they are
 */
export function exportModel(
  recipe: Recipe,
  weights: StateValues,
  facts: ModelFacts,
  precision: Precision = "float32",
): Uint8Array<ArrayBuffer> {
  return joined(modelFiles(recipe, weights, facts, { precision, externalAbove: Number.POSITIVE_INFINITY }).model);
}

/** How a model is laid out on the disk. */
export interface Layout {
  readonly precision?: Precision;
  /** The name that the file will have. */
  readonly name?: string;
  /** Bytes of weights above which they stand in a file of their own, `<name>.data`; EXTERNAL_ABOVE unless said. */
  readonly externalAbove?: number;
}

/** A model as its files hold it, in pieces that are written one after the other: large weights are not copied. */
export interface ModelFiles {
  readonly model: readonly Uint8Array[];
  /** The weights, where they are apart. */
  readonly data?: readonly Uint8Array[];
}

/**
 * A message of protobuf ends at 2 GiB. Half of that, since ONNX Runtime holds the message beside the weights that it takes out of
 * it, and WebAssembly has 4 GiB for both.
 */
export const EXTERNAL_ABOVE = 2 ** 30;

/** The model of `exportModel` as files: one, or two where its weights are large. */
export function modelFiles(
  recipe: Recipe,
  weights: StateValues,
  facts: ModelFacts,
  { precision = "float32", name: file = "model.onnx", externalAbove = EXTERNAL_ABOVE }: Layout = {},
): ModelFiles {
  const builder = new ModelBuilder();
  const { features } = facts;
  const feeds: Record<string, string> = features
    ? { features: builder.input("features", "float32", ["n", features.length]) }
    : { pixels: preparedPixels(builder, recipe, facts) };
  const { scores, parameters, buffers } = network(recipe, 1);
  for (const { name, shape, tensor } of [...parameters, ...buffers]) {
    const bytes = precision === "int8" && tensor.attrs.role === "weight";
    feeds[name] = bytes
      ? quantized(builder, name, weights[name], shape)
      : builder.initializer(name, bytesOf(weights[name]), shape, "float32");
  }
  // No node of a network of numbers names the batch, so what was traced for one row holds for any number of rows.
  const each = softmax(mul(scores, facts.temperature));
  const probabilities = (features ? each : reshape(each, [recipe.classes])) as Tensor;
  const values = lowerInto(builder, graph({ probabilities }), feeds);
  const shape = features ? ["n", recipe.classes] : [recipe.classes];
  builder.output("probabilities", values.probabilities, "float32", shape);
  const { model, loss, regularizers, optimizer, normalization } = recipe;
  const metadata = {
    producer: `argmin ${VERSION}`,
    input: features
      ? "features: float32 [n, features], as they are in the data"
      : "pixels: uint8 [height, width, 3], decoded RGB, any size",
    output: features ? "probabilities: float32 [n, classes]" : "probabilities: float32 [classes]",
    classes: JSON.stringify(facts.classes),
    ...(features ? { features: JSON.stringify(features) } : {}),
    preprocessing: JSON.stringify({
      size: [recipe.height, recipe.width],
      channels: recipe.channels,
      fit: facts.fit,
      ...normalization,
    }),
    temperature: String(facts.temperature),
    ...(facts.unknown ? { unknown: JSON.stringify(facts.unknown) } : {}),
    ...(precision === "float32" ? {} : { weights: "int8, symmetric, a scale for each unit" }),
    training: JSON.stringify({ data: facts.data, seed: facts.seed, model, loss, regularizers, optimizer }),
    weightsHash: facts.weightsHash,
  };
  if (builder.initializerBytes <= externalAbove) return { model: builder.pieces("classifier", metadata) };
  const data = `${file}.data`;
  return builder.apart("classifier", { ...metadata, externalData: data }, data);
}

/** The file beside a model that holds its weights; undefined where they are in the model. */
export function externalDataOf(model: Uint8Array, where: string): string | undefined {
  return readMetadata(model, where).externalData;
}

/** The geometry: from decoded pixels of any size to the input of the network. */
function preparedPixels(builder: ModelBuilder, recipe: Recipe, { fit }: ModelFacts): string {
  const pixels = builder.input("pixels", "uint8", ["height", "width", 3]);
  const resized = addGeometry(builder, pixels, { ...recipe, fit });
  const shape = [1, recipe.height, recipe.width, recipe.channels];
  return builder.node("Reshape", [resized, builder.constant(shape, [4], "int64")]);
}

/** The names of a model's features; undefined for a model of pictures. */
export function featuresOf(model: Uint8Array, where: string): string[] | undefined {
  const { features } = readMetadata(model, where);
  return features === undefined ? undefined : (JSON.parse(features) as string[]);
}

/** The probability below which an answer of this model is unknown; undefined where every answer counts. */
export function unknownBelowOf(model: Uint8Array, where: string): number | undefined {
  const { unknown } = readMetadata(model, where);
  return unknown === undefined ? undefined : (JSON.parse(unknown) as { below: number }).below;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Int8Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Weights as bytes, and the node that makes numbers of them. */
function quantized(builder: ModelBuilder, name: string, weights: Float32Array, shape: Shape): string {
  const { values, scales, axis } = quantizeWeights(weights, shape);
  const stored = builder.initializer(`${name}.int8`, bytesOf(values), shape, "int8");
  const scale = builder.initializer(`${name}.scale`, bytesOf(scales), [scales.length], "float32");
  return builder.node("DequantizeLinear", [stored, scale], { axis });
}

/**
 * The class names in a model file.
 * @throws UsageError when it was not written by this project
 */
export function classesOf(model: Uint8Array, where: string): string[] {
  const { classes } = readMetadata(model, where);
  if (classes === undefined) {
    throw new UsageError(where, "its metadata has no class names", "give a model that argmin has exported", 1);
  }
  return JSON.parse(classes) as string[];
}

/**
 * Recipe and facts out of the metadata that `exportModel` wrote: with the weights they make the same file again.
 * @throws UsageError when it was not written by this project
 */
export function describeModel(model: Uint8Array, where: string): DescribedModel {
  const classes = classesOf(model, where);
  const metadata = readMetadata(model, where);
  const features = featuresOf(model, where);
  try {
    const { size, channels, fit, mean, deviation } = JSON.parse(metadata.preprocessing!);
    const { data, seed, model: network, loss, regularizers, optimizer } = JSON.parse(metadata.training!);
    return {
      recipe: {
        ...{ model: network, loss, regularizers, optimizer, normalization: { mean, deviation } },
        ...{ height: size[0], width: size[1], channels, classes: classes.length },
        ...(features ? { kind: "numbers" as const } : {}),
      },
      facts: {
        ...{ classes, data, fit, seed },
        temperature: Number(metadata.temperature),
        weightsHash: metadata.weightsHash ?? "",
        ...(metadata.unknown === undefined ? {} : { unknown: JSON.parse(metadata.unknown) }),
        ...(features ? { features } : {}),
      },
    };
  } catch {
    throw new UsageError(where, "its metadata does not say how it was trained", "train the run again", 1);
  }
}
