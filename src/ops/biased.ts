import { sizeOf } from "../core/index.ts";
import type { Emit, Tensor } from "../ir/index.ts";
import { isReadOnce } from "./grown.ts";

/** So many results are better computed in three passes by all threads than in one with what Gemm does by one thread. */
const LARGE = 2 ** 15;

/**
 * x·W + b with the product apart, by a name that ONNX Runtime does not join with the sum: its Gemm first copies b to each row, with
 * one thread, and does a rectifier behind it with one. For [128, 784] · [784, 512] 0.45 ms instead of 0.47, for [128, 512] · [512, 256] 0.17
 * instead of 0.19.
 */
export function biasedProduct(emit: Emit, [product, bias]: readonly string[], output: Tensor): string | undefined {
  const [source, { rank }] = output.inputs;
  if (!emit.blocks || output.dtype !== "float32" || sizeOf(output.shape) < LARGE) return undefined;
  if (source.op.name !== "matmul" || rank !== 1 || !isReadOnce(emit, source)) return undefined;
  const made = emit.origin?.(product);
  if (made?.opType !== "MatMul") return undefined;
  return emit.node("Add", [emit.node("com.microsoft:FusedMatMul", made.inputs), bias]);
}
