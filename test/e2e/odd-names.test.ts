/** Names that people really have: spaces, every script, quotes, a line break, many classes, one picture in a class. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { argmin, contents, doneLine, jsonLines, paint, type Result, temporaryFolder, write } from "./support.ts";

const names = [
  "plain",
  "with spaces  in it",
  "汉字",
  "🦊 emoji",
  "עברית",
  "quote \" and ' both",
  "two\nlines",
  "comma, semicolon; tab\t",
  "100%25 & <b>#?*|",
  "back\\slash",
];

/** A picture of the class of this number. */
const picture = (label: number, n: number) =>
  sharp(paint(label, n, 8, 8), { raw: { width: 8, height: 8, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer();

const quick = ["--model", "linear", "--epochs", "1", "--size", "8", "--cache", "none"];

describe("a tree of odd names", () => {
  const place = join(temporaryFolder(), "my photos 照片 'ü'");
  let before: Map<string, string>;
  let run: Result;
  beforeAll(async () => {
    for (const [label, name] of names.entries()) {
      for (let n = 0; n < 6; n++) write(join(place, name, `${name} ${n}.png`), await picture(label, n));
    }
    // A class of one picture trains, and is never judged by.
    write(join(place, "only one", "1.png"), await picture(2, 99));
    before = contents(place);
    run = await argmin(["train", place, ...quick, "--name", "odd", "--json"], { cwd: join(place, "..") });
  });

  test("trains, keeps every name as it is, and touches no file", () => {
    doneLine(run);
    const data = jsonLines(run.stdout).find(({ event }) => event === "data")!;
    expect(new Set(data.classes)).toEqual(new Set([...names, "only one"]));
    expect(data.skipped).toEqual([]);
    expect(data.notes.join("\n")).toContain("fewer than 3), so all of them train: only one");
    expect(contents(place)).toEqual(before);
    const split = JSON.parse(readFileSync(join(place, "../runs/odd/split.json"), "utf8"));
    expect(new Set([...split.train, ...split.validation, ...split.test])).toEqual(new Set(before.keys()));
  });

  test("predict names each picture as it is, in JSON and in CSV; evaluate agrees on the classes", async () => {
    const cwd = join(place, "..");
    const told = await argmin(["predict", "runs/odd", place, "--json"], { cwd });
    expect(told.code, told.stderr).toBe(0);
    const predictions = jsonLines(told.stdout);
    expect(new Set(predictions.map(({ path }) => path.slice(place.length + 1)))).toEqual(new Set(before.keys()));
    expect(predictions.every(({ label }) => [...names, "only one"].includes(label))).toBe(true);
    const csv = await argmin(["predict", "runs/odd", place, "--format", "csv"], { cwd });
    expect(csv.code).toBe(0);
    const file = join(place, "two\nlines", "two\nlines 0.png");
    expect(csv.stdout).toContain(`\n"${file}",`);
    const judged = await argmin(["evaluate", "runs/odd", place, "--json"], { cwd });
    expect(judged.code, judged.stderr).toBe(0);
  });

  test("what a person sees has no line that a name has broken", async () => {
    const cwd = join(place, "..");
    const shown = await argmin(["train", place, ...quick, "--name", "shown"], { cwd });
    expect(shown.code, shown.stderr).toBe(0);
    write(join(cwd, "broken/a/bad\nname.png"), "no picture");
    for (const n of [0, 1, 2, 3]) {
      write(join(cwd, `broken/a/${n}.png`), await picture(0, n));
      write(join(cwd, `broken/b/${n}.png`), await picture(1, n));
    }
    const broken = await argmin(["train", "broken", ...quick, "--name", "broken"], { cwd });
    expect(broken.code, broken.stderr).toBe(0);
    expect(broken.stdout).toContain(
      '1 file was skipped: a/bad\\nname.png, not a picture (starts with "no picture").\n',
    );
  });
});

test("300 classes", async () => {
  const cwd = temporaryFolder();
  for (let label = 0; label < 300; label++) {
    for (let n = 0; n < 4; n++) write(join(cwd, `many/class ${label}/${n}.png`), await picture(label, n));
  }
  const run = await argmin(["train", "many", ...quick, "--name", "many", "--json"], { cwd });
  doneLine(run);
  expect(jsonLines(run.stdout).find(({ event }) => event === "data")!.classes).toHaveLength(300);
  expect(existsSync(join(cwd, "runs/many/model.onnx"))).toBe(true);
  const told = await argmin(["predict", "runs/many", "many/class 299/0.png", "--json", "--top", "300"], { cwd });
  const [prediction] = jsonLines(told.stdout);
  expect(prediction!.top).toHaveLength(300);
  expect(new Set(prediction!.top.map(({ label }: { label: string }) => label)).size).toBe(300);
});
