import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { adapt } from "../adapt.ts";
import type { Runtime } from "../session.ts";

type OrtModule = typeof import("onnxruntime-common");

/** Native ONNX Runtime on the CPU, or the reason why it cannot be loaded. */
export async function loadNative(): Promise<Runtime | Error> {
  const require = createRequire(import.meta.url);
  let ort: OrtModule;
  let version: string;
  try {
    ort = require("onnxruntime-node") as OrtModule;
    version = (require("onnxruntime-node/package.json") as { version: string }).version;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
  const threads = availableParallelism();
  return {
    device: "cpu",
    description: `ONNX Runtime ${version}, native CPU, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    threads,
    notes: [],
    async createSession(model, options = {}) {
      const session = await ort.InferenceSession.create(model, {
        executionProviders: ["cpu"],
        intraOpNumThreads: options.threads ?? threads,
        interOpNumThreads: 1,
        executionMode: "sequential",
        graphOptimizationLevel: "all",
        logSeverityLevel: 3,
        extra: {
          "session.intra_op.allow_spinning": options.spinning === false ? "0" : "1",
        },
      });
      return adapt(session, { Tensor: ort.Tensor, writesInPlace: true });
    },
  };
}
