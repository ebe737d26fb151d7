import type { FileHandle } from "node:fs/promises";

/** A system reads at most 2 GiB at once. */
const MOST_AT_ONCE = 2 ** 28;

/** Fills an array from a place in a file, however long it is; how many bytes there were. */
export async function fillFrom(file: FileHandle, into: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < into.length) {
    const length = Math.min(MOST_AT_ONCE, into.length - done);
    const { bytesRead } = await file.read(into, done, length, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

/** Reads parts of a file; fewer bytes at its end. */
export const readAt =
  (file: FileHandle) =>
  async (position: number, length: number): Promise<Uint8Array<ArrayBuffer>> => {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, await fillFrom(file, bytes, position));
  };
