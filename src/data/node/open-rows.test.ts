import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { memoryRows } from "../store.ts";
import { openRows } from "./open-rows.ts";

let folder: string;
let path: string;
const size = { height: 2, width: 1, channels: 3 } as const;
/** Seven rows of six bytes: row i holds 10i … 10i + 5. Three bytes lie in front. */
const pixels = Uint8Array.from({ length: 42 }, (_, at) => 10 * Math.floor(at / 6) + (at % 6));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "argmin-rows-"));
  path = join(folder, "rows");
  await writeFile(path, [Uint8Array.of(7, 7, 7), pixels]);
});
afterAll(() => rm(folder, { recursive: true }));

const readBy = (rows: ReturnType<typeof memoryRows>, indices: number[], start: number, count: number) => {
  const into = new Uint8Array(count * 6 + 2).fill(255);
  rows.read(Int32Array.from(indices), start, count, into);
  return [...into];
};

test.each([
  ["scattered", [9, 6, 0, 3, 9], 1, 3],
  ["neighbours", [2, 3, 4, 5], 0, 4],
  ["neighbours among others, and one twice", [0, 1, 5, 6, 6, 2, 1], 0, 7],
])("rows of a file are those of memory: %s", (_, indices, start, count) => {
  const rows = openRows({ store: { kind: "file", path, offset: 3 }, ...size });
  const memory = openRows({ store: { kind: "memory", pixels }, ...size });
  expect(rows.row).toBe(6);
  expect(readBy(rows, indices, start, count)).toEqual(readBy(memory, indices, start, count));
  rows.close();
});

test("a picture may lie in another row than its own", () => {
  const places = Int32Array.of(0, 2, 3, 6);
  const rows = openRows({ store: { kind: "file", path, offset: 3, places }, ...size });
  expect(readBy(rows, [1, 2, 3, 0], 0, 4).filter((_, at) => at % 6 === 0)).toEqual([20, 30, 60, 0, 255]);
  rows.close();
});

test("a file that is gone or too short is said to be", () => {
  expect(() => openRows({ store: { kind: "file", path: join(folder, "none"), offset: 0 }, ...size })).toThrow(
    /none: the file of pictures cannot be opened \(ENOENT\); start again/,
  );
  const rows = openRows({ store: { kind: "file", path, offset: 3 }, ...size });
  expect(() => readBy(rows, [7], 0, 1)).toThrow(/the file of pictures ends at 45 bytes, before row 7/);
  rows.close();
});

test("what needs memory refuses a file", () => {
  expect(() => memoryRows({ store: { kind: "file", path, offset: 3 }, ...size })).toThrow(/^internal/i);
});
