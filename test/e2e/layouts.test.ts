/** Whatever the pictures lie in: nested folders, a list, CIFAR, grey files, pipes, bombs. The same data gives the same run. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import {
  argmin,
  contents,
  csvRows,
  doneLine,
  jsonLines,
  type Line,
  paint,
  Running,
  temporaryFolder,
  withPeak,
  write,
  writePhotos,
} from "./support.ts";

const quick = ["--model", "linear", "--epochs", "1", "--size", "8", "--cache", "none", "--json"];
const dataLine = (stdout: string): Line => jsonLines(stdout).find(({ event }) => event === "data")!;

describe("a folder and the list of its pictures", () => {
  test("give the same weights; predict and evaluate follow the list", async () => {
    const cwd = temporaryFolder();
    await writePhotos(join(cwd, "photos"), { classes: ["cat", "dog"], count: 12 });
    const paths = [...contents(join(cwd, "photos")).keys()].sort();
    write(
      join(cwd, "photos/list.csv"),
      `path,label\r\n${paths.map((path) => `${path},${path.split("/")[0]}\r\n`).join("")}`,
    );
    const byFolder = await argmin(["train", "photos", ...quick, "--name", "folder"], { cwd });
    const byList = await argmin(["train", "photos/list.csv", ...quick, "--name", "list"], { cwd });
    expect(doneLine(byList).weightsHash).toBe(doneLine(byFolder).weightsHash);
    const split = (name: string) => readFileSync(join(cwd, `runs/${name}/split.json`), "utf8");
    expect(JSON.parse(split("list")).train).toEqual(JSON.parse(split("folder")).train);
    const told = await argmin(["predict", "runs/list", "photos/list.csv", "--json"], { cwd });
    expect(jsonLines(told.stdout)).toHaveLength(24);
    expect((await argmin(["evaluate", "runs/list", "photos/list.csv", "--json"], { cwd })).code).toBe(0);
  });

  test("a wrong line is named, with exit code 1", async () => {
    const cwd = temporaryFolder();
    write(join(cwd, "list.csv"), "path,label\na.png,a\nb.png,\n");
    const { code, stderr } = await argmin(["train", "list.csv"], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain("list.csv, line 3: b.png has no label");
  });
});

test("--depth cuts the names of classes, in training and in evaluating", async () => {
  const cwd = temporaryFolder();
  await writePhotos(join(cwd, "tree"), { classes: ["a/x", "a/y/z", "b/x", "b"], count: 5 });
  const run = await argmin(["train", "tree", ...quick, "--depth", "1", "--name", "deep"], { cwd });
  expect(dataLine(run.stdout).classes).toEqual(["a", "b"]);
  expect(readFileSync(join(cwd, "runs/deep/config.yaml"), "utf8")).toMatch(/^depth: 1$/m);
  const again = await argmin(["train", "--config", "runs/deep/config.yaml", "--name", "again", "--json"], { cwd });
  expect(doneLine(again).weightsHash).toBe(doneLine(run).weightsHash);
  const judged = await argmin(["evaluate", "runs/deep", "tree", "--depth", "1", "--json"], { cwd });
  expect(judged.code, judged.stderr).toBe(0);
  const whole = await argmin(["evaluate", "runs/deep", "tree"], { cwd });
  expect(whole.stderr).toContain("classes that the model does not know");
});

test("CIFAR-10 trains on its batches and is tested on its own", async () => {
  const cwd = temporaryFolder();
  const batch = (count: number) =>
    Buffer.concat(
      Array.from({ length: count }, (_, i) =>
        Buffer.concat([Buffer.from([i % 10]), Buffer.alloc(3072, 20 * (i % 10))]),
      ),
    );
  write(join(cwd, "cifar/data_batch_1.bin"), batch(80));
  write(join(cwd, "cifar/data_batch_2.bin"), batch(40));
  write(join(cwd, "cifar/test_batch.bin"), batch(30));
  const run = await argmin(["train", "cifar", "--model", "linear", "--epochs", "1", "--json"], { cwd });
  expect(dataLine(run.stdout)).toMatchObject({
    counts: { train: 108, validation: 12, test: 30 },
    height: 32,
    width: 32,
    channels: 3,
  });
  doneLine(run);
});

describe("--channels", () => {
  async function greyPhotos(cwd: string): Promise<void> {
    for (const [label, name] of ["dark", "light"].entries()) {
      for (let n = 0; n < 10; n++) {
        mkdirSync(join(cwd, "grey", name), { recursive: true });
        await sharp(paint(label, n, 10, 12), { raw: { width: 12, height: 10, channels: 3 } })
          .toColourspace("b-w")
          .jpeg()
          .toFile(join(cwd, `grey/${name}/${n}.jpg`));
      }
    }
  }

  test("grey pictures train as one channel, and the model file answers as the network did", async () => {
    const cwd = temporaryFolder();
    await greyPhotos(cwd);
    const run = await argmin(["train", "grey", ...quick, "--name", "auto"], { cwd });
    expect(dataLine(run.stdout)).toMatchObject({ channels: 1 });
    expect(dataLine(run.stdout).notes).toContain(
      "Every picture is grey, so there is one channel (--channels 3 for three)",
    );
    const told = await argmin(["predict", "runs/auto", "grey", "--format", "csv"], { cwd });
    const answers = new Map(
      told.stdout
        .trimEnd()
        .split("\n")
        .slice(1)
        .map((line) => [line.split(",")[0], Number(line.split(",")[2])] as const),
    );
    for (const row of csvRows(join(cwd, "runs/auto/predictions.csv"))) {
      expect(answers.get(`grey/${row.path}`)).toBeCloseTo(Number(row.probability), 4);
    }
    const three = await argmin(["train", "grey", ...quick, "--channels", "3", "--name", "three"], { cwd });
    expect(dataLine(three.stdout)).toMatchObject({ channels: 3 });
  });

  test("colours become grey when asked for, and a list of filters is sent to its own flag", async () => {
    const cwd = temporaryFolder();
    await writePhotos(join(cwd, "photos"), { classes: ["a", "b"], count: 5 });
    const run = await argmin(["train", "photos", ...quick, "--channels", "1"], { cwd });
    expect(dataLine(run.stdout)).toMatchObject({ channels: 1 });
    expect(dataLine(run.stdout).notes).toContain("Colours are mixed to grey, as one channel was asked for");
    doneLine(run);
    const shapes = await argmin(["train", "builtin:shapes", ...quick, "--channels", "1", "--name", "shapes"], { cwd });
    expect(dataLine(shapes.stdout)).toMatchObject({ channels: 1 });
    const wrong = await argmin(["train", "photos", "--channels", "32,64"], { cwd });
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("write 1, 3 or auto; the filters of a cnn are --filters 32,64");
  });
});

/** A PNG of a few hundred bytes whose header claims 4 gigapixels, with the right checksum. */
function bomb(): Buffer {
  const header = Buffer.from("IHDR\0\0\xfa\0\0\0\xfa\0\x08\x02\0\0\0", "latin1");
  const chunk = Buffer.concat([Buffer.from([0, 0, 0, 13]), header, Buffer.alloc(4)]);
  chunk.writeUInt32BE(crcOf(header), 17);
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk, Buffer.alloc(300)]);
}

function crcOf(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

test("2,000 good pictures among 200 bad ones, a pipe and a loop: trains, lists each, takes no memory", async () => {
  const cwd = temporaryFolder();
  const photos = join(cwd, "photos");
  for (const [label, name] of ["a", "b", "c", "d"].entries()) {
    for (let n = 0; n < 500; n++) {
      const raw = { width: 16, height: 12, channels: 3 as const };
      write(
        join(photos, name, `${n}.jpg`),
        await sharp(paint(label, n, 12, 16), { raw })
          .jpeg()
          .toBuffer(),
      );
    }
  }
  const whole = readFileSync(join(photos, "a/0.jpg"));
  for (let n = 0; n < 200; n++) {
    const bad = n < 100 ? whole.subarray(0, whole.length - 30 - n) : n < 140 ? "" : n < 180 ? "just some text" : bomb();
    write(join(photos, "abcd"[n % 4]!, `bad ${n}.jpg`), bad);
  }
  execFileSync("mkfifo", [join(photos, "a/pipe.jpg")]);
  symlinkSync(photos, join(photos, "a/loop"));
  const before = contents(photos);
  const args = ["train", "photos", "--model", "linear", "--epochs", "1", "--size", "16", "--cache", "none"];
  const running = new Running([...args, "--name", "run"], { cwd });
  const { code, stderr, stdout, peak } = await withPeak(running);
  expect(code, stderr).toBe(0);
  const line = (stderr + stdout).split("\n").filter((text) => text.includes("skipped"));
  expect(line).toEqual([
    "  202 files were skipped (100 truncated, 40 empty, 40 not a picture, 20 too large, 2 other); events.ndjson lists them.",
  ]);
  const events = jsonLines(readFileSync(join(cwd, "runs/run/events.ndjson"), "utf8"));
  const { skipped, counts } = events.find(({ event }) => event === "data")!;
  expect(counts.train + counts.validation + counts.test).toBe(2000);
  expect(skipped).toHaveLength(202);
  expect(skipped).toContainEqual({ path: "a/bad 180.jpg", reason: "more than 50 million pixels (64000×64000)" });
  expect(skipped).toContainEqual({ path: "a/pipe.jpg", reason: "a pipe, socket or device, not a picture" });
  expect(skipped).toContainEqual({ path: "a/loop", reason: "a link to a folder that holds it" });
  expect(contents(photos)).toEqual(before);
  expect(peak).toBeLessThan(2 ** 20);
  const told = await argmin(["predict", "runs/run", "photos", "--json"], { cwd });
  const answers = jsonLines(told.stdout);
  expect(answers).toHaveLength(2202);
  expect(answers.filter((answer) => answer.error !== undefined)).toHaveLength(202);
});
