import { availableParallelism } from "node:os";
import * as ort from "onnxruntime-web";
import { adapt } from "../adapt.ts";
import { HostBlock } from "../blocks.ts";
import type { Runtime } from "../session.ts";

/**
 * ONNX Runtime compiled to WebAssembly: runs wherever Node does, slower than native code. Its pool of threads is made once
 * for each thread of Node, so a number of threads is decided here and not by a session.
 */
export async function loadWasm(options: { threads?: number; notes?: readonly string[] } = {}): Promise<Runtime> {
  // Four at most, the bound that ONNX Runtime sets itself unless it is given a number.
  const threads = options.threads ?? Math.min(4, availableParallelism());
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = "error";
  return {
    device: "wasm",
    description: `ONNX Runtime ${ort.env.versions.web}, WebAssembly, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    threads,
    notes: options.notes ?? [],
    createBlock: (shape) => new HostBlock(shape),
    async createSession(model) {
      const session = await ort.InferenceSession.create(model, {
        executionProviders: ["wasm"],
        graphOptimizationLevel: "all",
        logSeverityLevel: 4,
      });
      return adapt(session, { Tensor: ort.Tensor, writesInPlace: false });
    },
  };
}
