import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { adapt } from "../adapt.ts";
import type { Runtime } from "../session.ts";

type OrtModule = typeof import("onnxruntime-common");

// The native library (seen in 1.30) has telemetry switched on unless it is told otherwise: it keeps a device id below ~/.cache,
// leaves files in the temporary folder, and holds the address of a collector. It reads the real environment, which only the main thread's
// process.env writes to; so this has to be said when the module is loaded there, before any worker loads the library.
process.env.ORT_DISABLE_TELEMETRY ??= "1";

/** ARGMIN_SPINNING=0: the machine is shared, and a thread that waits for the next operator is to leave its core to others. */
const mayNotSpin = () => process.env.ARGMIN_SPINNING === "0";

/** Native ONNX Runtime on the CPU, or the reason why it cannot be loaded. */
export async function loadNative(options: { threads?: number } = {}): Promise<Runtime | Error> {
  const require = createRequire(import.meta.url);
  let ort: OrtModule;
  let version: string;
  try {
    ort = require("onnxruntime-node") as OrtModule;
    version = (require("onnxruntime-node/package.json") as { version: string }).version;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
  const threads = options.threads ?? availableParallelism();
  return {
    device: "cpu",
    description: `ONNX Runtime ${version}, native CPU, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    threads,
    notes: [],
    async createSession(model, { threads: own, spinning } = {}) {
      const session = await ort.InferenceSession.create(model, {
        executionProviders: ["cpu"],
        intraOpNumThreads: own ?? threads,
        interOpNumThreads: 1,
        executionMode: "sequential",
        graphOptimizationLevel: "all",
        logSeverityLevel: 4,
        extra: {
          // Left on, it would move DequantizeLinear behind the Transpose of a weight gradient and so compute it twice.
          "session.disable_quant_qdq": "1",
          "session.intra_op.allow_spinning": spinning === false || mayNotSpin() ? "0" : "1",
        },
      });
      return adapt(session, { Tensor: ort.Tensor, writesInPlace: true });
    },
  };
}
