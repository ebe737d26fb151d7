import type { Shape } from "../core/index.ts";

/** Element types of the graph. Truth is float64 in the reference evaluator, float32 in ONNX Runtime. */
export type DType = "float32" | "float64" | "int32" | "uint8" | "bool";

export interface TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** What an input of a graph is for. Weights are penalised, biases are not; buffers are state without a gradient. */
export type Role = "weight" | "bias" | "buffer" | "slot" | "data" | "scalar";

/** Numbers with a shape, in row-major order. All dtypes are held in float64: integers exactly, booleans as 0 and 1. */
export interface NDArray {
  readonly shape: Shape;
  readonly data: Float64Array;
}
