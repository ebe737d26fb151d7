import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSource } from "./open-source.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "argmin-cifar-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A record whose pixel i has red i % 256, green i % 7 and blue the seed. */
function record(labels: readonly number[], seed: number): Buffer {
  const plane = (value: (i: number) => number) => Buffer.from(Array.from({ length: 1024 }, (_, i) => value(i)));
  return Buffer.concat([Buffer.from(labels), plane((i) => i % 256), plane((i) => i % 7), plane(() => seed)]);
}

async function folder(files: Record<string, Uint8Array | string>): Promise<string> {
  const path = await mkdtemp(join(root, "data-"));
  for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content);
  return path;
}
const ten = "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n";

describe("CIFAR", () => {
  test("10: planes become pixels, batches follow each other, the test batch is declared", async () => {
    const path = await folder({
      "data_batch_1.bin": Buffer.concat([record([3], 1), record([9], 2)]),
      "data_batch_2.bin": record([0], 3),
      "test_batch.bin": record([1], 4),
      "batches.meta.txt": ten,
      "readme.html": "",
    });
    const source = await openSource(path);
    expect(source).toMatchObject({
      kind: "cifar",
      paths: ["data_batch_1#0", "data_batch_1#1", "data_batch_2#0", "test_batch#0"],
      declared: ["train", "train", "train", "test"],
    });
    expect([...source.labels].map((label) => source.classes[label])).toEqual([
      "cat",
      "truck",
      "airplane",
      "automobile",
    ]);
    expect(source.uniform).toMatchObject({ height: 32, width: 32, channels: 3 });
    const { pixels } = await source.read(2);
    const at = 3 * (5 * 32 + 9);
    expect([...pixels.subarray(at, at + 3)]).toEqual([169, 1, 3]);
  });

  test("100: the fine label is the class; without names it is its number", async () => {
    const files = {
      "train.bin": Buffer.concat([record([5, 99], 1), record([19, 0], 2)]),
      "test.bin": record([1, 42], 3),
    };
    const source = await openSource(await folder(files));
    expect([...source.labels]).toEqual([99, 0, 42]);
    expect(source.classes).toHaveLength(100);
    expect(source.classes[42]).toBe("42");
    const named = Array.from({ length: 100 }, (_, i) => `n${i}`).join("\n");
    expect((await openSource(await folder({ ...files, "fine_label_names.txt": named }))).classes[42]).toBe("n42");
  });

  test.each<[string, Record<string, Uint8Array | string>, string]>([
    ["a batch that was cut", { "data_batch_1.bin": record([1], 1).subarray(0, 3000) }, "its 3000 bytes are no whole"],
    ["an empty batch", { "train.bin": "" }, "its 0 bytes are no whole number of pictures of 3074"],
    ["no training batch", { "test_batch.bin": record([1], 1) }, "it has the test batch but none to train on"],
    [
      "a label that is none",
      { "data_batch_1.bin": Buffer.concat([record([1], 1), record([10], 1)]) },
      "picture 1 has the label 10, the last class is 9",
    ],
    ["too few names", { "data_batch_1.bin": record([1], 1), "batches.meta.txt": "a\nb\n" }, "it names 2 classes"],
    ["pickles", { data_batch_1: "x", "batches.meta": "y" }, "CIFAR for Python (pickles); download the binary version"],
  ])("%s is refused", async (_, files, message) => {
    const opened = openSource(await folder(files));
    await expect(opened).rejects.toThrow(message);
    await expect(opened).rejects.toMatchObject({ exitCode: 1 });
  });
});
