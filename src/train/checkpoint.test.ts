import { describe, expect, test } from "vitest";
import { UsageError } from "../core/index.ts";
import { decodeTensors, encodeTensors } from "./checkpoint.ts";

const tensors = {
  "hidden1.weight": { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-30, 6) },
  "velocity of hidden1.weight": { shape: [2, 3], data: Float32Array.of(6, 5, 4, 3, 2, 1) },
  "scores.bias": { shape: [], data: Float32Array.of(7) },
};

const written = (() => {
  const pieces = encodeTensors(tensors, { epoch: "3" });
  const bytes = new Uint8Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
})();

describe("a checkpoint", () => {
  test("comes back as it was written", () => {
    expect(decodeTensors(written, "file")).toEqual({ tensors, metadata: { epoch: "3" } });
  });

  test("comes back from Node's buffers, which are parts of a larger one", () => {
    const pool = Buffer.alloc(written.length + 3);
    pool.set(written, 3);
    const { tensors: read } = decodeTensors(pool.subarray(3), "file");
    expect(read).toEqual(tensors);
    expect(read["scores.bias"]!.data.buffer.byteLength).toBe(4);
  });

  test("is in the safetensors format: the data starts at a multiple of eight", () => {
    const length = Number(new DataView(written.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(written.subarray(8, 8 + length)));
    expect(header["scores.bias"]).toEqual({ dtype: "F32", shape: [], data_offsets: [48, 52] });
    expect(written.length).toBe(8 + length + 52);
  });

  test.each([
    ["empty", 0, /0 bytes, too few/],
    ["cut inside its header", 40, /header should end at byte \d+ but the file has 40/],
    ["cut inside its data", written.length - 1, /should end at byte \d+ but the file has \d+/],
  ])("that is %s is refused", (_, length, what) => {
    const read = () => decodeTensors(written.subarray(0, length), "last.safetensors");
    expect(read).toThrow(UsageError);
    expect(read).toThrow(what);
  });
});
