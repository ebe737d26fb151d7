import { UsageError } from "../core/index.ts";
import { joined } from "./builder.ts";

/** Gives `length` bytes from `position` on, fewer at the end. */
export type ReadAt = (position: number, length: number) => Promise<Uint8Array>;

/** Field of ModelProto that holds the nodes and all weights. */
const GRAPH = 7;
/** A tag and a length, each a varint of 64 bits at most. */
const LONGEST_HEAD = 20;

/**
 * A model file without its graph: the few bytes that `readMetadata` wants, of a file that may be too long to be read as a whole.
 * @param size of the file in bytes
 * @throws UsageError when it is not a protobuf message, or ends before its graph does
 */
export async function modelHead(read: ReadAt, size: number, where: string): Promise<Uint8Array> {
  const kept: Uint8Array[] = [];
  const damaged = () =>
    new UsageError(
      where,
      "is not an ONNX model, or is cut short",
      "give a model.onnx, or the run folder that holds one",
      1,
    );
  for (let at = 0; at < size; ) {
    const head = await read(at, LONGEST_HEAD);
    const tag = varint(head, 0);
    const number = tag && varint(head, tag.end);
    if (!tag || !number) throw damaged();
    const kind = tag.value % 8;
    // A model has numbers and messages alone at its top.
    if (kind !== 0 && kind !== 2) throw damaged();
    const end = at + number.end + (kind === 2 ? number.value : 0);
    if (end > size) throw damaged();
    if (Math.floor(tag.value / 8) !== GRAPH) kept.push(await read(at, end - at));
    at = end;
  }
  return joined(kept);
}

/** The number at a place, seven bits a byte, and where it ends; undefined where it does not. */
function varint(bytes: Uint8Array, from: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let i = from, factor = 1; i < bytes.length; i++, factor *= 128) {
    value += (bytes[i]! & 127) * factor;
    if (bytes[i]! < 128) return { value, end: i + 1 };
  }
  return undefined;
}
