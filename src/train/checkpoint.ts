/**
 * Weights on disk in the safetensors format (Hugging Face): eight bytes with the length of a JSON header, the header
 * `{"name": {"dtype": "F32", "shape": […], "data_offsets": [from, to]}, "__metadata__": {…}}`, then the bytes of all
 * tensors. Any tool of that format reads these files.
 */
import { sizeOf, UsageError } from "../core/index.ts";

export interface TensorBlock {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The file in pieces, so that a large model is written without a second copy in memory. */
export function encodeTensors(
  tensors: Readonly<Record<string, TensorBlock>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  let offset = 0;
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => {
    const from = offset;
    offset += data.byteLength;
    return [name, { dtype: "F32", shape, data_offsets: [from, offset] }] as const;
  });
  const json = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  const text = new TextEncoder().encode(json);
  // The data starts at a multiple of eight bytes; the format pads the header with spaces.
  const header = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  header.set(text);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  const blocks = Object.values(tensors).map(
    ({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  );
  return [length, header, ...blocks];
}

/** What such a file holds, and where: places are in bytes from the beginning of the file. */
export interface TensorsHeader {
  readonly tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly at: number }>>;
  readonly metadata: Record<string, string>;
}

/** Bytes that say how long the header is. */
export const LENGTH_BYTES = 8;

/**
 * How long the length and the header are together.
 * @param bytes the first eight of the file
 */
export function headerEnd(bytes: Uint8Array): number {
  return LENGTH_BYTES + Number(new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true));
}

/**
 * Reads the header of such a file.
 * @param bytes of the file, up to the end of its header at least
 * @param size of the file
 * @throws UsageError when it is cut short or not of this format
 */
export function decodeHeader(bytes: Uint8Array, size: number, where: string): TensorsHeader {
  const damaged = (what: string): never => {
    throw new UsageError(where, what, "use another checkpoint of the run", 1);
  };
  if (size < LENGTH_BYTES) damaged(`the file has ${size} bytes, too few for a checkpoint`);
  const start = headerEnd(bytes);
  if (start > size) damaged(`the header should end at byte ${start} but the file has ${size}`);
  let header: Record<string, { shape: number[]; data_offsets: [number, number] }>;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start)));
  } catch {
    return damaged("the header is not JSON");
  }
  const { __metadata__: metadata = {}, ...entries } = header;
  const tensors = Object.entries(entries).map(
    ([
      name,
      {
        shape,
        data_offsets: [from, to],
      },
    ]) => {
      if (start + to > size || to - from !== 4 * sizeOf(shape)) {
        damaged(`tensor ${name} should end at byte ${start + to} but the file has ${size}`);
      }
      return [name, { shape, at: start + from }] as const;
    },
  );
  return { tensors: Object.fromEntries(tensors), metadata: metadata as unknown as Record<string, string> };
}

/**
 * Reads such a file.
 * @throws UsageError when it is cut short or not of this format
 */
export function decodeTensors(
  bytes: Uint8Array,
  where: string,
): { tensors: Record<string, TensorBlock>; metadata: Record<string, string> } {
  const { tensors, metadata } = decodeHeader(bytes, bytes.length, where);
  const blocks = Object.entries(tensors).map(([name, { shape, at }]) => {
    // A copy, so that the numbers are aligned. Not `slice`: of a Buffer, which Node reads files into, it is a view.
    const own = Uint8Array.from(bytes.subarray(at, at + 4 * sizeOf(shape)));
    return [name, { shape, data: new Float32Array(own.buffer) }] as const;
  });
  return { tensors: Object.fromEntries(blocks), metadata };
}
