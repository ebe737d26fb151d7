import type { InferenceSession, Tensor } from "onnxruntime-common";
import { adapt, type TensorConstructor } from "./adapt.ts";
import { DeviceBlock } from "./blocks.ts";
import { downloader } from "./download.ts";
import type { Runtime } from "./session.ts";
import { sourceOf } from "./source.ts";

type Create = (model: Uint8Array, options: InferenceSession.SessionOptions) => Promise<InferenceSession>;

/**
 * The WebGPU provider of an ONNX Runtime, native or in a browser. Kept outputs stay on the card; every other output comes
 * back with the run.
 */
export function gpuRuntime(
  facts: Pick<Runtime, "description" | "notes">,
  ort: { Tensor: unknown },
  create: Create,
): Runtime {
  const Constructor = ort.Tensor as TensorConstructor;
  const options = (kept: readonly string[]): InferenceSession.SessionOptions => ({
    executionProviders: ["webgpu"],
    graphOptimizationLevel: "all",
    logSeverityLevel: 4,
    preferredOutputLocation: Object.fromEntries(kept.map((name) => [name, "gpu-buffer" as const])),
  });
  const upload = (numbers: Float32Array, shape: readonly number[]): Tensor =>
    new Constructor("float32", numbers as never, shape);
  const download = downloader((model) => create(model, options([])));
  return {
    device: "webgpu",
    // What WebGPU has no kernel for runs on one thread of the processor.
    threads: 1,
    ...facts,
    createBlock: (shape, given) => new DeviceBlock(shape, upload, download, given),
    createSession: async (model, { kept = [] } = {}) =>
      adapt(await create(sourceOf(model), options(kept)), { Tensor: ort.Tensor, writesInPlace: false }),
  };
}
