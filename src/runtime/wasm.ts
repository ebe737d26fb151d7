import { adapt } from "./adapt.ts";
import { HostBlock } from "./blocks.ts";
import type { Runtime } from "./session.ts";

/**
 * A loaded ONNX Runtime for WebAssembly, in Node or in a page. Its pool of threads is made once for each thread or worker, so their
 * number is decided here and not by a session.
 * @param place where it runs, for people; empty in Node
 */
export function wasmRuntime(
  ort: typeof import("onnxruntime-common"),
  { threads, notes, place = "" }: Pick<Runtime, "threads" | "notes"> & { readonly place?: string },
): Runtime {
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = "error";
  return {
    device: "wasm",
    description: `ONNX Runtime ${ort.env.versions.web}, WebAssembly${place}, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    threads,
    notes,
    createBlock: (shape) => new HostBlock(shape),
    async createSession(model) {
      const session = await ort.InferenceSession.create(model, {
        executionProviders: ["wasm"],
        graphOptimizationLevel: "all",
        logSeverityLevel: 4,
        extra: { "session.disable_quant_qdq": "1" },
      });
      return adapt(session, { Tensor: ort.Tensor, writesInPlace: false });
    },
  };
}
