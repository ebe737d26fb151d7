import type { Shape } from "../core/index.ts";
import type { DType } from "./types.ts";

/** An attribute of an ONNX node: integers are written as INT or INTS, `{ float }` as FLOAT, `{ floats }` as FLOATS, strings as STRING. */
export type Attribute =
  | number
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | string;
export type Attributes = Readonly<Record<string, Attribute>>;

/** The twin of a value, in the blocked layout of native ONNX Runtime. */
export interface Twin {
  readonly name: string;
  /** It was computed in this layout; otherwise it is the plain value in another order. */
  readonly born: boolean;
  /** What made it, where that is an affine map of each channel: of such a map an addition or a rectifier can become a part. */
  readonly affine?: readonly string[];
  /** The convolution that made it, to which an addition can be joined where nothing else reads it. */
  readonly convolution?: { readonly inputs: readonly string[]; readonly attributes: Attributes };
}

/**
 * A value that is computed in the memory of another one, which nothing else reads: in one piece, or in parts, each of so many
 * of the rows.
 */
export interface Grown {
  /** As outputs of the model. */
  readonly parts: readonly {
    readonly name: string;
    /** The one whose memory it takes, which is an output, too. */
    readonly begun: string;
  }[];
  /** Of each part, as an output. */
  readonly shape: Shape;
  /** The input that it is begun with, which nothing else reads: where this is the next of it, it may lie there. */
  readonly over?: string;
}

/**
 * The name of a truth value that no node makes: whether native ONNX Runtime's blocks are 16 wide, and not 8. Whoever opens a model
 * that reads it adds it as a constant.
 */
export const BLOCKS_ARE_WIDE = "blocks are 16 wide";

/** The little that an op needs to know of the target: add a node, add a constant. */
export interface Emit {
  /**
   * Values that there are twice: the plain one [batch, channels, height, width], and its twin in the blocked layout of native
   * ONNX Runtime. Absent where the graph is to consist of standard operators.
   */
  readonly blocks?: Map<string, Twin>;
  /** Values that grow in the memory of others. There only where the graph is for native ONNX Runtime. */
  readonly grown?: Map<string, Grown>;
  /** An input that is one of `count` equal parts of another input, in whatever shape: for native ONNX Runtime alone. */
  partOf(input: string, index: number, count: number, shape: Shape): string;
  /** The tensors that are made of each tensor of the graph, one for each time that it is read; the graph's outputs are no readers. */
  readonly readers?: ReadonlyMap<object, readonly object[]>;
  /** The operator that made a value, and of what; undefined for inputs and constants. */
  origin?(value: string): { readonly opType: string; readonly inputs: readonly string[] } | undefined;
  /** Operators that were written as parts, by name. There only where the graph is for WebGPU. */
  readonly parts?: Set<string>;
  /** Adds a node of an ONNX operator and returns its first output's name. An empty input name is an absent input. */
  node(opType: string, inputs: readonly string[], attributes?: Attributes): string;
  /** The same for an operator of which several outputs are wanted. */
  nodes(opType: string, inputs: readonly string[], outputs: number, attributes?: Attributes): string[];
  /** A constant of a floating or integer dtype; `int64` is what ONNX wants for shapes and axes. */
  constant(values: readonly number[] | Float64Array, shape: Shape, dtype: DType | "int64"): string;
}

/** A constant list, as ONNX wants shapes, axes and indices. */
export const int64 = (emit: Pick<Emit, "constant">, values: readonly number[]): string =>
  emit.constant(values, [values.length], "int64");
