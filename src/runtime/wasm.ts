import { adapt } from "./adapt.ts";
import { HostBlock } from "./blocks.ts";
import type { Model, Runtime } from "./session.ts";
import { sourceOf } from "./source.ts";

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
    createBlock: (shape, given) => new HostBlock(shape, given),
    async createSession(model) {
      const session = await ort.InferenceSession.create(sourceOf(model), {
        executionProviders: ["wasm"],
        graphOptimizationLevel: "all",
        logSeverityLevel: 4,
        extra: { "session.disable_quant_qdq": "1" },
        ...weightsOf(model),
      });
      return adapt(session, { Tensor: ort.Tensor, writesInPlace: false });
    },
  };
}

/** WebAssembly has no files: ONNX Runtime is told where the weights are that a model only names. */
function weightsOf(model: Model) {
  if (model instanceof Uint8Array || model.data === undefined) return {};
  const { path, data } = model;
  return { externalData: [{ path: data, data: path.replace(/[^/\\]*$/, data) }] };
}
