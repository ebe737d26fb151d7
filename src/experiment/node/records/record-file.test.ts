import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { RecordFile, readRecords } from "./record-file.ts";

const folder = mkdtempSync(join(tmpdir(), "argmin-records-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const facts = { of: "three bytes" };
const bytesOf = (epoch: number) => Uint8Array.of(epoch, 2 * epoch, 3 * epoch);

async function written(name: string, epochs: readonly number[], most = 100): Promise<string> {
  const path = join(folder, name);
  const file = await RecordFile.open(path, facts, 3, most, -1);
  for (const epoch of epochs) await file.write(epoch, bytesOf(epoch));
  return path;
}
async function read(path: string) {
  const { epochs, record, facts: found } = (await readRecords(path))!;
  epochs.forEach((epoch, place) => {
    expect([...record(place)]).toEqual([...bytesOf(epoch)]);
  });
  expect(found).toMatchObject(facts);
  return epochs;
}
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe("records of epochs", () => {
  test("are read as they were written, and one that is not whole is none", async () => {
    const path = await written("whole.bin", upTo(5));
    expect(await read(path)).toEqual([1, 2, 3, 4, 5]);
    appendFileSync(path, Uint8Array.of(6, 0, 0, 0, 9));
    expect(await read(path)).toEqual([1, 2, 3, 4, 5]);
  });

  test("are thinned evenly, and the newest stays", async () => {
    expect(await read(await written("eight.bin", upTo(8), 8))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await read(await written("nine.bin", upTo(9), 8))).toEqual([1, 3, 5, 7, 9]);
    expect(await read(await written("ten.bin", upTo(10), 8))).toEqual([1, 3, 5, 7, 9, 10]);
    expect(await read(await written("many.bin", upTo(41, 0), 8))).toEqual([0, 8, 16, 24, 32, 40, 41]);
  });

  test.each([3, 9, 10, 14, 23, 30])(
    "of a run that goes on after epoch %i are those of an undisturbed one",
    async (after) => {
      const whole = await written(`whole-${after}.bin`, upTo(40), 8);
      // The process has died an epoch later than its last checkpoint knows.
      const path = await written(`cut-${after}.bin`, upTo(after), 8);
      const file = await RecordFile.open(path, facts, 3, 8, after);
      for (const epoch of upTo(40, after + 1)) await file.write(epoch, bytesOf(epoch));
      expect(Buffer.compare(readFileSync(path), readFileSync(whole))).toBe(0);
    },
  );

  test("that a checkpoint does not know go", async () => {
    const path = await written("late.bin", upTo(6));
    await RecordFile.open(path, facts, 3, 100, 4);
    expect(await read(path)).toEqual([1, 2, 3, 4]);
    const again = await RecordFile.open(path, facts, 3, 100, 4);
    await again.write(4, bytesOf(4));
    await again.write(5, bytesOf(5));
    expect(await read(path)).toEqual([1, 2, 3, 4, 5]);
  });

  test("of other facts are begun anew", async () => {
    const path = await written("other.bin", upTo(3));
    const file = await RecordFile.open(path, { of: "others" }, 3, 100, 3);
    await file.write(4, bytesOf(4));
    expect((await readRecords(path))!.epochs).toEqual([4]);
  });

  test("that are none are told apart from files", async () => {
    expect(await readRecords(join(folder, "absent.bin"))).toBeUndefined();
    for (const text of ["", "no json\n", "null\n", '{"record":0}\n', '{"record":"3"}\n']) {
      writeFileSync(join(folder, "broken.bin"), text);
      expect(await readRecords(join(folder, "broken.bin")), text).toBeUndefined();
    }
  });
});
