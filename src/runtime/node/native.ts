import { availableParallelism } from "node:os";
import { adapt } from "../adapt.ts";
import { HostBlock } from "../blocks.ts";
import type { Runtime } from "../session.ts";
import { sourceOf } from "../source.ts";
import { widthTeller } from "./block-width.ts";
import { inPlace, unreturned } from "./in-place.ts";
import { nativeModule } from "./native-module.ts";

/** ARGMIN_SPINNING=0: the machine is shared, and a thread that waits for the next operator is to leave its core to others. */
const mayNotSpin = () => process.env.ARGMIN_SPINNING === "0";

/** Native ONNX Runtime on the CPU, or the reason why it cannot be loaded. */
export async function loadNative(options: { threads?: number } = {}): Promise<Runtime | Error> {
  const found = nativeModule();
  if (found instanceof Error) return found;
  const { ort, version } = found;
  const threads = options.threads ?? availableParallelism();
  const sized = widthTeller((model) =>
    ort.InferenceSession.create(model, { intraOpNumThreads: 1, executionProviders: ["cpu"], logSeverityLevel: 4 }),
  );
  return {
    device: "cpu",
    description: `ONNX Runtime ${version}, native CPU, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    threads,
    notes: [],
    createBlock: (shape, given) => new HostBlock(shape, given),
    async createSession(model, { threads: most, spinning, planned = true, kept = [] } = {}) {
      const own = model instanceof Uint8Array ? await sized(model) : model;
      const stays = kept.length > 0 && own instanceof Uint8Array;
      const session = await ort.InferenceSession.create(stays ? unreturned(own) : sourceOf(own), {
        executionProviders: ["cpu"],
        intraOpNumThreads: most ?? threads,
        interOpNumThreads: 1,
        executionMode: "sequential",
        graphOptimizationLevel: "all",
        enableMemPattern: planned,
        logSeverityLevel: 4,
        extra: {
          // Left on, it would move DequantizeLinear behind the Transpose of a weight gradient and so compute it twice.
          "session.disable_quant_qdq": "1",
          "session.intra_op.allow_spinning": spinning === false || mayNotSpin() ? "0" : "1",
        },
      });
      return adapt(session, { Tensor: ort.Tensor, writesInPlace: true, ...(stays ? { unreturned: inPlace } : {}) });
    },
  };
}
