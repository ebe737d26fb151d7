import type { Shape } from "../core/index.ts";
import { InternalError } from "../core/index.ts";
import type { Attributes, Emit, Grown, Place, Twin } from "../ir/index.ts";
import { partName } from "./part.ts";
import {
  encodePieces,
  type ModelProto,
  type NodeProto,
  type OnnxType,
  type TensorProto,
  type ValueInfo,
} from "./proto.ts";

/** Resize with antialiasing and ReduceMax with axes as an input arrived with opset 18; ONNX Runtime has had it since 1.14. */
export const OPSET = 18;

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  bool: Uint8Array,
} as const;

type Metadata = Readonly<Record<string, string>>;

/** Initializers of fewer bytes stay in the model, as PyTorch has it: shapes that operators look at while a model is opened. */
const LEAST_APART = 1024;
/** External data begin at multiples of this, so that they can be mapped into memory (onnx.proto, TensorProto.external_data). */
const PAGE = 4096;

/** Pieces as one. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function rawOf(values: ArrayLike<number>, dtype: OnnxType): Uint8Array {
  if (dtype === "string") throw new InternalError("a string constant");
  const list = Array.from(values);
  const typed = dtype === "int64" ? BigInt64Array.from(list.map(BigInt)) : arrays[dtype].from(list);
  return new Uint8Array(typed.buffer);
}

/**
 * What a model may be made of: standard operators; also those that only native ONNX Runtime has; or those that ONNX Runtime can
 * compute on WebGPU.
 */
export type Target = "portable" | "native" | "webgpu";

/**
 * Builds one ONNX model node by node. Used directly where shapes are dynamic (preprocessing), and through `lower` for
 * traced graphs. Equal constants and equal nodes are written once; nodes that no output needs are left out.
 */
export class ModelBuilder implements Emit {
  /** The place that new nodes are named after, so that an error of the runtime names the user's layer. */
  place: Place = { scope: "", backward: false };
  readonly blocks?: Map<string, Twin>;
  readonly grown?: Map<string, Grown>;
  readers?: ReadonlyMap<object, readonly object[]>;
  readonly parts?: Set<string>;
  readonly #nodes: NodeProto[] = [];
  readonly #initializers = new Map<string, TensorProto>();
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  readonly #renamed = new Map<string, string>();
  /** Outputs of the nodes that there are, by all that makes a node what it is. */
  readonly #known = new Map<string, string[]>();
  #count = 0;

  constructor(target: Target = "portable") {
    if (target === "native") {
      this.blocks = new Map();
      this.grown = new Map();
    }
    if (target === "webgpu") this.parts = new Set();
  }

  input(name: string, dtype: OnnxType, shape: readonly (number | string)[]): string {
    this.#inputs.push({ name, dtype, shape });
    return name;
  }

  partOf(input: string, index: number, count: number, shape: Shape): string {
    const name = partName(input, { index, count });
    return this.#inputs.some((known) => known.name === name) ? name : this.input(name, "float32", shape);
  }

  /** Names a value as an output of the model. */
  output(name: string, value: string, dtype: OnnxType, shape: readonly (number | string)[]): void {
    this.#outputs.push({ name, dtype, shape });
    // The node that makes the value is told the output's name. An Identity node would copy it: 3 % of an mlp's step.
    const made = this.#nodes.some((node) => node.outputs.includes(value));
    if (made && !this.#renamed.has(value)) this.#renamed.set(value, name);
    else this.#nodes.push(this.#node("Identity", [value], [name], {}));
  }

  node(opType: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.nodes(opType, inputs, 1, attributes)[0];
  }

  nodes(opType: string, inputs: readonly string[], outputs: number, attributes: Attributes = {}): string[] {
    // Operators give several results and units of a traced graph one: those of one operator ask for the same node.
    const key = JSON.stringify([opType, inputs, outputs, attributes]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const id = this.#count++;
    const names = Array.from({ length: outputs }, (_, i) => (i === 0 ? `v${id}` : `v${id}.${i}`));
    this.#nodes.push(this.#node(opType, inputs, names, attributes));
    this.#known.set(key, names);
    return names;
  }

  #node(opType: string, inputs: readonly string[], outputs: readonly string[], attributes: Attributes): NodeProto {
    const { scope, backward } = this.place;
    const name = `${scope}${backward ? "'" : ""}/${opType}:${outputs[0]}`;
    return { opType, inputs, outputs, attributes, name };
  }

  origin(value: string): NodeProto | undefined {
    return this.#nodes.find(({ outputs }) => outputs.includes(value));
  }

  constant(values: ArrayLike<number>, shape: Shape, dtype: Exclude<OnnxType, "string">): string {
    const raw = rawOf(values, dtype);
    if (raw.length > 256) return this.initializer(`c${this.#count++}`, raw, shape, dtype);
    const key = `${dtype}[${shape}]${raw.join()}`;
    return this.#initializers.get(key)?.name ?? this.initializer(`c${this.#count++}`, raw, shape, dtype, key);
  }

  /** A named constant given as little-endian bytes: the weights of an exported model. */
  initializer(name: string, raw: Uint8Array, shape: Shape, dtype: OnnxType, key = name): string {
    this.#initializers.set(key, { name, dtype, shape, raw });
    return name;
  }

  /** Of all weights and constants. */
  get initializerBytes(): number {
    return [...this.#initializers.values()].reduce((total, { raw }) => total + raw.length, 0);
  }

  /** The bytes of the model file. */
  finish(name: string, metadata: Metadata = {}): Uint8Array<ArrayBuffer> {
    return joined(this.pieces(name, metadata));
  }

  /** The model file in pieces, without a copy of the initializers. */
  pieces(name: string, metadata: Metadata = {}): Uint8Array[] {
    return encodePieces(this.#model(name, metadata));
  }

  /**
   * The model with what its large initializers hold in a file of its own ("external data" of the standard).
   * @param location name of that file, in the folder of the model
   */
  apart(name: string, metadata: Metadata, location: string): { model: Uint8Array[]; data: Uint8Array[] } {
    const model = this.#model(name, metadata);
    const data: Uint8Array[] = [];
    let offset = 0;
    const initializers = model.initializers.map((tensor): TensorProto => {
      const { length } = tensor.raw;
      if (length < LEAST_APART) return tensor;
      const begin = Math.ceil(offset / PAGE) * PAGE;
      if (begin > offset) data.push(new Uint8Array(begin - offset));
      data.push(tensor.raw);
      offset = begin + length;
      return { ...tensor, external: { location, offset: begin, length } };
    });
    return { model: encodePieces({ ...model, initializers }), data };
  }

  #model(name: string, metadata: Metadata): ModelProto {
    const needed = new Set(this.#outputs.map((output) => output.name));
    const nodes: NodeProto[] = [];
    const final = (value: string) => this.#renamed.get(value) ?? value;
    for (const traced of this.#nodes.toReversed()) {
      const node = { ...traced, inputs: traced.inputs.map(final), outputs: traced.outputs.map(final) };
      if (!node.outputs.some((output) => needed.has(output))) continue;
      for (const input of node.inputs) needed.add(input);
      nodes.push(node);
    }
    nodes.reverse();
    const initializers = [...this.#initializers.values()].filter((tensor) => needed.has(tensor.name));
    return { name, nodes, initializers, inputs: this.#inputs, outputs: this.#outputs, opset: OPSET, metadata };
  }
}
