import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSource } from "../../../data/node/index.ts";
import { correct, readCorrections } from "./corrections.ts";
import { RunData } from "./run-data.ts";

const root = mkdtempSync(join(tmpdir(), "argmin-marks-"));
const run = join(root, "runs", "first");
afterAll(() => rmSync(root, { recursive: true, force: true }));

const paths = ["cats/1.png", "cats/a, b.png", "dogs/1.png", "dogs/2.png", "dogs/3.png", "dogs/out.png"];
beforeAll(async () => {
  mkdirSync(run, { recursive: true });
  const png = await sharp({ create: { width: 4, height: 4, channels: 3, background: "red" } })
    .png()
    .toBuffer();
  for (const name of ["cats", "dogs"]) mkdirSync(join(root, "photos", name), { recursive: true });
  for (const path of paths) writeFileSync(join(root, "photos", path), png);
  writeFileSync(join(run, "config.yaml"), `data: ${join(root, "photos")}\n`);
  const split = { train: paths.slice(0, 3), validation: [paths[3]], test: [paths[4]] };
  writeFileSync(join(run, "split.json"), JSON.stringify({ seed: 1, counts: {}, ...split }));
});

describe("marks of wrong labels", () => {
  test("become a list that is data as any other, with the split of the run", async () => {
    const data = await RunData.open(run);
    await correct(run, data, "dogs/1.png", "cats");
    await correct(run, data, "cats/a, b.png", "dogs");
    const marks = await correct(run, data, "dogs/3.png", null);
    expect(marks).toEqual([
      { path: "dogs/1.png", was: "dogs", label: "cats" },
      { path: "cats/a, b.png", was: "cats", label: "dogs" },
      { path: "dogs/3.png", was: "dogs", label: null },
    ]);
    expect(await readCorrections(run)).toEqual(marks);
    const listed = await openSource(join(run, "corrected.csv"));
    const told = listed.paths.map((path, i) => {
      return [path.replace("../../photos/", ""), listed.classes[listed.labels[i]!], listed.declared[i]];
    });
    // dogs/out.png was in no split of the run.
    expect(told).toEqual([
      ["cats/1.png", "cats", "train"],
      ["cats/a, b.png", "dogs", "train"],
      ["dogs/1.png", "cats", "train"],
      ["dogs/2.png", "dogs", "validation"],
    ]);
    expect((await listed.read(0)).width).toBe(4);
  });

  test("are taken back, and leave the data as it is", async () => {
    const data = await RunData.open(run);
    await correct(run, data, "dogs/3.png", undefined);
    const marks = await correct(run, data, "dogs/1.png", "dogs");
    expect(marks.map(({ path }) => path)).toEqual(["cats/a, b.png"]);
    expect(readFileSync(join(run, "corrected.csv"), "utf8")).toContain("dogs/1.png,dogs,train");
    expect(data.labelOf("cats/a, b.png")).toBe(0);
  });

  test("of what there is not are refused", async () => {
    const data = await RunData.open(run);
    await expect(correct(run, data, "../../etc/passwd", "cats")).rejects.toThrow("is not in the data of the run");
    await expect(correct(run, data, "dogs/1.png", "birds")).rejects.toThrow('there is no class "birds"');
    await expect(data.picture("/etc/passwd")).rejects.toThrow("is not in the data of the run");
    const shapes = await openSource("builtin:shapes");
    const drawn = { source: shapes, split: undefined } as unknown as RunData;
    await expect(correct(run, drawn, shapes.paths[0]!, null)).rejects.toThrow("no files of their own");
  });

  test("of a run whose data is gone say so", async () => {
    const other = join(root, "runs", "gone");
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, "config.yaml"), `data: ${join(root, "nowhere")}\n`);
    await expect(RunData.open(other)).rejects.toThrow("the data of the run is not there");
  });
});
