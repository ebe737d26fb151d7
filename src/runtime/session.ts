import type { Shape } from "../core/index.ts";

/** Element types that cross the border of a session. */
export interface ElementArrays {
  float32: Float32Array;
  float64: Float64Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  bool: Uint8Array;
}
export type ElementType = keyof ElementArrays;

/** A block of numbers that a session reads or fills. The array stays the caller's: nothing is copied where it can be helped. */
export interface Value {
  readonly dtype: ElementType;
  readonly shape: Shape;
  readonly data: ElementArrays[ElementType];
}
export type Values = Readonly<Record<string, Value>>;

const constructors = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/** A value of zeros. */
export function allocate(dtype: ElementType, shape: Shape): Value {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return { dtype, shape, data: new constructors[dtype](size) };
}

/**
 * float32 numbers that stay where the runtime computes, from run to run: in the memory of the graphics card, or in this one.
 * Any session of the runtime can take it, and one that was told to keep an output can fill it.
 */
export interface Block {
  readonly dtype: "float32";
  readonly shape: Shape;
  /** A copy of what it holds. */
  read(): Promise<Float32Array<ArrayBuffer>>;
  /** Copies numbers into it. */
  write(numbers: Float32Array): void;
}
/** What a run takes or fills, by name. */
export type Places = Readonly<Record<string, Value | Block>>;

/** A model that is ready to run. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Runs once; the outputs are new arrays. Kept outputs cannot be had in this way. */
  run(feeds: Places): Promise<Record<string, Value>>;
  /**
   * Binds arrays and blocks once and returns a function that runs on whatever they hold then. Outputs are written into the
   * given arrays: the hot loop allocates nothing, and two bindings that exchange two sets of blocks keep memory flat.
   */
  bind(feeds: Places, outputs: Places): () => Promise<void>;
  release(): Promise<void>;
}

export const devices = ["cpu", "wasm", "webgpu"] as const;
export type Device = (typeof devices)[number];

export interface SessionOptions {
  /** Outputs that are bound to blocks and never to arrays. */
  readonly kept?: readonly string[];
  /** Threads inside one operator; all of the runtime's unless said. */
  readonly threads?: number;
  /** Let idle threads spin between operators: faster when the machine is ours, harmful beside other work. */
  readonly spinning?: boolean;
  /**
   * Let the runtime lay what it computes in between into one block of memory, by a plan. Otherwise each value has memory of its
   * own, which the next one of its size takes over: less in all, since what the first run took is not needed twice.
   */
  readonly planned?: boolean;
}

/** A model that lies in a file, which the runtime reads itself. */
export interface ModelFile {
  /** Of the model; in a page its address. */
  readonly path: string;
  /** Name of the file beside it that holds the weights, where they are apart. */
  readonly data?: string;
}
/** The bytes of a model, or where it lies. */
export type Model = Uint8Array | ModelFile;

/** An ONNX Runtime that was found and loaded. */
export interface Runtime {
  readonly device: Device;
  /** For people: `ONNX Runtime 1.30.0, native CPU, 2 threads`. */
  readonly description: string;
  readonly threads: number;
  /** What a user should be told about how this runtime was chosen; empty when there is nothing to say. */
  readonly notes: readonly string[];
  /**
   * A new block.
   * @param given its first numbers, in an array that is the block's from now on; zeros unless said
   */
  createBlock(shape: Shape, given?: Float32Array): Block;
  createSession(model: Model, options?: SessionOptions): Promise<Session>;
}
