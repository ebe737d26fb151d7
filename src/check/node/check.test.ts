import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../core/index.ts";
import { shapesSource } from "../../data/index.ts";
import { openSource } from "../../data/node/index.ts";
import type { FindingKind } from "../findings.ts";
import { type Check, check } from "./check.ts";
import { refuseTaken, writeCheck } from "./write-check.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "argmin-check-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A photograph-like picture: blurred noise of its own, with one bar that the class turns. */
async function photo(seed: number, label: number): Promise<Buffer> {
  const [height, width] = [60, 80];
  const random = new Random(seed, "photo", label);
  const coarse = Buffer.from(Uint8Array.from({ length: 3 * 8 * 6 }, () => 40 + random.below(120)));
  const ground = sharp(coarse, { raw: { width: 8, height: 6, channels: 3 } }).resize(width, height, {
    kernel: "cubic",
  });
  const bar = label === 0 ? [70, 12, 0, 24] : [12, 52, 34, 4];
  const input = { create: { width: bar[0], height: bar[1], channels: 3 as const, background: "#ff8" } };
  return await sharp(await ground.png().toBuffer())
    .composite([{ input, left: bar[2], top: bar[3] }])
    .png()
    .toBuffer();
}

/** A folder with train, val and test of two classes, 14, 3 and 4 pictures each, and what else is given. */
async function photos(extra: (folder: string) => Promise<void>): Promise<string> {
  const folder = await mkdtemp(join(root, "photos 汉字 📷 "));
  let seed = 0;
  for (const [label, name] of ["bars across", "bars upright"].entries()) {
    for (const [split, count] of [
      ["train", 14],
      ["val", 3],
      ["test", 4],
    ] as const) {
      await mkdir(join(folder, split, name), { recursive: true });
      for (let i = 0; i < count; i++)
        await writeFile(join(folder, split, name, `${i}.png`), await photo(++seed, label));
    }
  }
  await extra(folder);
  return folder;
}

const groupsOf = ({ findings, source }: Check, kind: FindingKind) =>
  findings.find((finding) => finding.kind === kind)?.groups?.map(({ members }) => members.map((i) => source.paths[i]));

describe("planted faults", () => {
  let folder: string;
  let result: Check;
  beforeAll(async () => {
    folder = await photos(async (at) => {
      const [train, test] = [join(at, "train/bars across"), join(at, "test/bars across")];
      await copyFile(join(train, "0.png"), join(test, "leak.png"));
      await sharp(join(train, "1.png")).tiff({ compression: "lzw" }).toFile(join(test, "other-format.tif"));
      await sharp(join(train, "2.png")).jpeg({ quality: 40 }).toFile(join(test, "compressed.jpg"));
      await sharp(join(train, "3.png")).resize(53, 40).toFile(join(test, "resized.png"));
      await copyFile(join(train, "4.png"), join(at, "train/bars upright/two-labels.png"));
      await copyFile(join(train, "5.png"), join(train, "copy.png"));
      await writeFile(join(train, "empty.jpg"), "");
      const jpeg = await sharp(join(train, "6.png")).jpeg().toBuffer();
      await writeFile(join(train, "cut.jpg"), jpeg.subarray(0, jpeg.length / 2));
    });
    result = await check({ data: folder });
  });

  test("a leak is named, in another format, too", () => {
    expect(groupsOf(result, "leak")).toEqual([
      ["test/bars across/leak.png", "train/bars across/0.png"],
      ["test/bars across/other-format.tif", "train/bars across/1.png"],
    ]);
    expect(result.findings[0].kind).toBe("leak");
  });

  test("compressed and resized copies in another split are near copies", () => {
    expect(groupsOf(result, "near-leak")).toEqual([
      ["test/bars across/compressed.jpg", "train/bars across/2.png"],
      ["test/bars across/resized.png", "train/bars across/3.png"],
    ]);
    expect(groupsOf(result, "near-duplicates")).toBeUndefined();
  });

  test("two labels, and a copy", () => {
    expect(groupsOf(result, "two-labels")).toEqual([["train/bars across/4.png", "train/bars upright/two-labels.png"]]);
    expect(groupsOf(result, "duplicates")).toEqual([["train/bars across/5.png", "train/bars across/copy.png"]]);
  });

  test("files that cannot be read, with the reason", () => {
    expect(result.unreadable.map(({ path, reason }) => [path, reason]).sort()).toEqual([
      ["train/bars across/cut.jpg", "truncated JPEG"],
      ["train/bars across/empty.jpg", "empty file"],
    ]);
    expect(result.blocker).toBeUndefined();
  });

  test("the manifest opens again and has none of them; no file was altered", async () => {
    const before = await contentsOf(folder);
    const out = join(root, "out", "deep");
    const written = await writeCheck(result, { folder: out, command: (path) => `argmin train '${path}'` });
    expect(await contentsOf(folder)).toEqual(before);
    const clean = await openSource(written.clean!);
    expect(clean.classes).toEqual(["bars across", "bars upright"]);
    // 42 pictures, 6 planted that can be read; out go two leaked ones in train, the pair with two labels, and the copy.
    expect(clean.paths).toHaveLength(42 + 6 - 5);
    for (let i = 0; i < clean.paths.length; i++) await clean.read(i);
    const again = await check({ data: clean, labels: false });
    expect(again.findings.map(({ kind }) => kind)).toEqual(["near-leak"]);
    expect(again.counts.map(({ test }) => test)).toEqual([8, 4]);
  });

  test("the page holds all in itself, and names of files are text", async () => {
    const out = join(root, "page");
    const { page, findings } = await writeCheck(result, { folder: out, command: () => "argmin train x" });
    const html = await readFile(page, "utf8");
    expect(html).not.toMatch(/(?:src|href|url\()\s*=?\s*["']?(?!data:)(?:https?:|\/\/|file:)/);
    expect(html.match(/<img src="data:image\//g)!.length).toBe(12 + Math.min(48, result.labels?.suspects.length ?? 0));
    expect(html.length).toBeLessThan(1e6);
    const rows = (await readFile(findings, "utf8")).split("\n");
    expect(rows).toContain(
      "leak,1,train/bars across/0.png,bars across,train,the same picture as test/bars across/leak.png,",
    );
    expect(rows).toContain("unreadable,,train/bars across/cut.jpg,,,cannot be read,truncated JPEG");
  });
});

async function contentsOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = names.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, (await readFile(path)).toString("base64")])),
  );
}

test("a folder that holds something else is not written over, nor is the manifest that was checked", async () => {
  const folder = join(root, "taken");
  await mkdir(folder);
  await writeFile(join(folder, "clean.csv"), "mine");
  await expect(refuseTaken(folder, "photos")).rejects.toThrow("it has a clean.csv that no check has made");
  await writeFile(join(folder, "check.html"), "<!-- made by argmin check -->");
  await refuseTaken(folder, "photos");
  await expect(refuseTaken(folder, join(folder, "clean.csv"))).rejects.toThrow("would be written over");
  await refuseTaken(join(root, "not there"), "photos");
});

test("data that cannot be trained on say why", async () => {
  const folder = await photos(async (at) => {
    for (const split of ["train", "val", "test"]) {
      const own = join(at, split, "bars across");
      for (const name of await readdir(own))
        await writeFile(join(own, name), (await readFile(join(own, name))).subarray(0, 99));
    }
  });
  const { blocker } = await check({ data: folder, labels: false });
  expect(blocker).toBe("none of the 21 pictures of class bars across can be read");
});

test("drawn shapes are no copies of each other, and are told apart", async () => {
  const { findings, labels, survey } = await check({ data: shapesSource({ train: 900, validation: 0, test: 100 }) });
  expect(survey.count).toBe(1000);
  expect(findings.filter(({ groups }) => groups !== undefined)).toEqual([]);
  expect(labels!.agreement).toBeGreaterThan(0.85);
});

test("labels that are dealt at random are not judged", async () => {
  const source = shapesSource({ train: 300, validation: 0, test: 0 });
  const random = new Random(1, "labels");
  const { labels, notes } = await check({ data: { ...source, labels: source.labels.map(() => random.below(10)) } });
  expect(labels).toBeUndefined();
  expect(notes.join()).toContain("Labels were not judged: the linear model that does it gives only");
});

test("it ends when it is asked to", async () => {
  const controller = new AbortController();
  const data = shapesSource({ train: 500, validation: 0, test: 0 });
  const onProgress = ({ phase, done }: { phase: string; done: number }) => {
    if (phase === "judging labels" && done > 0) controller.abort();
  };
  await expect(check({ data, onProgress, signal: controller.signal })).rejects.toMatchObject({ name: "AbortError" });
});

const signs = join(import.meta.dirname, "../../../../shared/data/sign-digits/images");
const present = existsSync(signs);
describe.skipIf(!present)(`sign digits${present ? "" : " (skipped: ../shared/data is absent)"}`, () => {
  test("of 3 % wrong labels, half are among the first 6 %, for three seeds; and no near copies", {
    timeout: 120_000,
  }, async () => {
    const opened = await openSource(signs);
    // Every third picture keeps the test short; decoded once for the three seeds.
    const indices = [...opened.paths.keys()].filter((i) => i % 3 === 0);
    const pictures = await Promise.all(indices.map((i) => opened.read(i)));
    const truth = Int32Array.from(indices, (i) => opened.labels[i]);
    const { files: _, ...rest } = opened;
    for (const seed of [1, 2, 3]) {
      const random = new Random(seed, "planted");
      const planted = random.shuffle([...truth.keys()]).slice(0, Math.round(0.03 * truth.length));
      const labels = truth.slice();
      for (const i of planted) labels[i] = (truth[i] + 1 + random.below(9)) % 10;
      const result = await check({
        data: {
          ...rest,
          paths: indices.map((i) => opened.paths[i]),
          labels,
          declared: indices.map(() => undefined),
          read: async (i) => pictures[i],
        },
        seed,
      });
      const first = new Set(result.labels!.ranking.subarray(0, Math.round(0.06 * truth.length)));
      expect(planted.filter((i) => first.has(i)).length).toBeGreaterThanOrEqual(planted.length / 2);
      expect(result.findings.map(({ kind }) => kind)).toEqual(["label-suspects"]);
    }
  });
});

test("the splits of a file, and whole groups, are looked at where they are asked for", async () => {
  const folder = await mkdtemp(join(tmpdir(), "argmin-check-"));
  try {
    const data = join(folder, "photos");
    for (const label of [0, 1]) {
      for (let i = 0; i < 12; i++) {
        const path = join(data, `class ${label}`, `${Math.floor(i / 4)}_${i % 4}.png`);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, await photo(100 * label + i, label));
      }
    }
    const grouped = await check({ data, labels: false, groupBy: "(class \\d/\\d+)_" });
    expect(grouped.cut).toBe("seed 1, grouped by (class \\d/\\d+)_");
    const sides = new Map<string, Set<string | undefined>>();
    for (const [i, path] of grouped.source.paths.entries()) {
      const group = path.replace(/_.*/, "");
      sides.set(group, (sides.get(group) ?? new Set()).add(grouped.splits[i]));
    }
    expect([...sides.values()].map(({ size }) => size)).toEqual([1, 1, 1, 1, 1, 1]);
    const { paths } = grouped.source;
    const [train, test] = [paths.filter((path) => !path.includes("/2_")), paths.filter((path) => path.includes("/2_"))];
    const file = join(folder, "split.json");
    await writeFile(file, JSON.stringify({ train, validation: [], test }));
    const filed = await check({ data, labels: false, split: file });
    expect(filed.declared).toBe(true);
    expect(paths.filter((_, i) => filed.splits[i] === "test")).toEqual(test);
    await expect(check({ data, labels: false, groupBy: "nothing" })).rejects.toThrow("matches none of the 24 paths");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
