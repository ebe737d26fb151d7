import { open } from "node:fs/promises";
import { sizeOf } from "../../core/index.ts";
import { decodeHeader, headerEnd, LENGTH_BYTES, type TensorBlock } from "../../train/index.ts";
import { fillFrom, readAt } from "./read-at.ts";

/** Tensors of a file, and what it says beside them. */
export interface TensorsFile {
  readonly tensors: Readonly<Record<string, TensorBlock>>;
  readonly metadata: Record<string, string>;
}

/**
 * Reads a safetensors file of any size, each tensor straight into its own array.
 * @param wanted which tensors are read; all unless said
 * @throws UsageError when it is damaged; an error of the file system when it cannot be read
 */
export async function readTensors(path: string, wanted: (name: string) => boolean = () => true): Promise<TensorsFile> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const read = readAt(file);
    const length = await read(0, LENGTH_BYTES);
    const head = length.length < LENGTH_BYTES ? length : await read(0, Math.min(size, headerEnd(length)));
    const { tensors, metadata } = decodeHeader(head, size, path);
    const blocks: Record<string, TensorBlock> = {};
    for (const [name, { shape, at }] of Object.entries(tensors)) {
      if (!wanted(name)) continue;
      const data = new Float32Array(sizeOf(shape));
      await fillFrom(file, new Uint8Array(data.buffer), at);
      blocks[name] = { shape, data };
    }
    return { tensors: blocks, metadata };
  } finally {
    await file.close();
  }
}
