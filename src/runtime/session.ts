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

/** A model that is ready to run. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Runs once; the outputs are new arrays. */
  run(feeds: Values): Promise<Record<string, Value>>;
  /**
   * Binds arrays once and returns a function that runs on whatever they hold then. Outputs are written into the given
   * arrays: the hot loop allocates nothing, and two bindings that exchange two blocks of state keep memory flat.
   */
  bind(feeds: Values, outputs: Values): () => Promise<void>;
  release(): Promise<void>;
}

export type Device = "cpu" | "wasm";

export interface SessionOptions {
  /** Threads inside one operator; all of the runtime's unless said. */
  readonly threads?: number;
  /** Let idle threads spin between operators: faster when the machine is ours, harmful beside other work. */
  readonly spinning?: boolean;
}

/** An ONNX Runtime that was found and loaded. */
export interface Runtime {
  readonly device: Device;
  /** For people: `ONNX Runtime 1.30.0, native CPU, 2 threads`. */
  readonly description: string;
  readonly threads: number;
  /** What a user should be told about how this runtime was chosen; empty when there is nothing to say. */
  readonly notes: readonly string[];
  createSession(model: Uint8Array, options?: SessionOptions): Promise<Session>;
}
