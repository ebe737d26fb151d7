import type { InferenceSession, Tensor } from "onnxruntime-common";
import { ModelBuilder } from "../onnx/index.ts";
import type { Download } from "./blocks.ts";

/** A model that hands on what it is given, for tensors of one rank. */
function copyModel(rank: number): Uint8Array<ArrayBuffer> {
  const builder = new ModelBuilder();
  const shape = Array.from({ length: rank }, (_, axis) => `axis ${axis}`);
  builder.output("copy", builder.input("block", "float32", shape), "float32", shape);
  return builder.finish("copy");
}

/**
 * Brings tensors back from the graphics card by a model that copies, whose output lies in this memory. A tensor's own
 * `getData` ends the process in the native build (1.30), and elsewhere it gives up the tensor on the card.
 */
export function downloader(create: (model: Uint8Array) => Promise<InferenceSession>): Download {
  const sessions = new Map<number, Promise<InferenceSession>>();
  return async (tensor: Tensor) => {
    const rank = tensor.dims.length;
    const session = sessions.get(rank) ?? create(copyModel(rank));
    sessions.set(rank, session);
    const { copy } = await (await session).run({ block: tensor });
    return copy.data as Float32Array;
  };
}
