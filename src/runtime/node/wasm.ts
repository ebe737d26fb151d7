import { availableParallelism } from "node:os";
import * as ort from "onnxruntime-web";
import type { Runtime } from "../session.ts";
import { wasmRuntime } from "../wasm.ts";

/** ONNX Runtime compiled to WebAssembly: runs wherever Node does, slower than native code. */
export async function loadWasm(options: { threads?: number; notes?: readonly string[] } = {}): Promise<Runtime> {
  // Four at most, the bound that ONNX Runtime sets itself unless it is given a number.
  const { threads = Math.min(4, availableParallelism()), notes = [] } = options;
  return wasmRuntime(ort, { threads, notes });
}
