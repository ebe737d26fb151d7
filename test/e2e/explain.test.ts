/** `argmin explain`: what is said and written of one picture, and of one row of numbers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ExplainOptions, explain } from "argmin";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { argmin, doneLine, isThere, jsonLines, temporaryFolder, write, writePhotos } from "./support.ts";

const cwd = temporaryFolder();
const photos = join(cwd, "runs", "photos");
const rows = join(cwd, "runs", "rows");
const picture = join("photos", "dogs", "3.png");

beforeAll(async () => {
  await writePhotos(join(cwd, "photos"), { classes: ["cats", "dogs", "eels"], count: 12 });
  const small = [
    "--model",
    "cnn",
    "--filters",
    "4,8",
    "--epochs",
    "1",
    "--size",
    "16",
    "--unknown",
    "0.4",
    "--name",
    "photos",
    "--json",
  ];
  // Label 1 where width less height is large.
  const lines = Array.from({ length: 60 }, (_, i) => {
    const [width, height] = [(i * 37) % 11, (i * 53) % 13];
    return `${width},${height},${width > height ? "flat" : "tall"}`;
  });
  write(join(cwd, "rows.csv"), `width,height,label\n${lines.join("\n")}\n`);
  const linear = ["--model", "linear", "--optimizer", "closed-form", "--name", "rows", "--json"];
  doneLine(await argmin(["train", "photos", ...small], { cwd }));
  doneLine(await argmin(["train", "rows.csv", ...linear], { cwd }));
});

describe("argmin explain", () => {
  test("writes the overlay, the heat and the scores that predict gives", async () => {
    const done = doneLine(await argmin(["explain", photos, picture, "--json"], { cwd }));
    const out = join(photos, "explain", "dogs-3");
    expect(done.files).toEqual(["overlay.png", "heat.png", "scores.json"].map((name) => join(out, name)));
    expect([done.method, done.explained]).toEqual(["grad-cam", done.predicted]);
    const answers = jsonLines((await argmin(["predict", photos, "photos", "--json"], { cwd })).stdout);
    const predicted = answers.find(({ path }) => path === picture);
    for (const [i, { label, probability }] of predicted!.top.entries()) {
      expect(done.scores[i].label).toBe(label);
      expect(done.scores[i].probability).toBeCloseTo(probability, 5);
    }
    // What predict calls unknown is unknown here, too.
    for (const unknown of [true, undefined]) {
      const { path } = answers.find((answer) => answer.unknown === unknown)!;
      expect((await explain(photos, join(cwd, path))).unknown).toBe(unknown);
    }
    const own = await sharp(join(cwd, picture)).metadata();
    const times = Math.ceil(256 / Math.max(own.width, own.height));
    for (const [name, channels] of [
      ["overlay.png", 3],
      ["heat.png", 4],
    ] as const) {
      const { width, height, channels: found } = await sharp(join(out, name)).metadata();
      expect([width, height, found]).toEqual([times * own.width, times * own.height, channels]);
    }
    const { map, scores } = JSON.parse(readFileSync(join(out, "scores.json"), "utf8"));
    expect([map.height, map.width, map.values.length, map.signed]).toEqual([8, 8, 64, false]);
    expect(scores).toEqual(done.scores);
  });

  test("explains another class in another way, where it is told to", async () => {
    const asked = ["--class", "eels", "--method", "hires-cam", "--graph", "--out", "there"];
    const { code, stdout, stderr } = await argmin(["explain", photos, picture, ...asked], { cwd });
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^ {2}eels .* explained$/m);
    expect(isThere(cwd, "there", "overlay.png")).toBe(true);
    // The figure is drawn by another program, which takes nothing that is not well formed.
    const svg = readFileSync(join(cwd, "there", "graph.svg"));
    const { width, format } = await sharp(svg).metadata();
    expect([format, width]).toEqual(["svg", Number(/ width="(\d+)"/.exec(svg.toString())![1])]);
    for (const unit of ["conv2d 3×3", "maxPool2d 2×2", "relu", "matmul"])
      expect(svg.toString()).toContain(`>${unit}</text>`);
    const { map, scores, explained } = JSON.parse(readFileSync(join(cwd, "there", "scores.json"), "utf8"));
    expect(explained).toBe("eels");
    // One linear layer follows the last convolution, so the map adds up to the score less its bias, which is small.
    const total = map.values.reduce((sum: number, value: number) => sum + value, 0);
    const { score } = scores.find(({ label }: { label: string }) => label === "eels");
    expect(Math.abs(total - score)).toBeLessThan(0.1);
  });

  test("says what each number adds to the score", async () => {
    const done = doneLine(await argmin(["explain", rows, "rows.csv", "--row", "2", "--json"], { cwd }));
    expect([done.picture, done.method]).toEqual(["rows.csv#3", "input-gradient"]);
    const table = readFileSync(join(rows, "explain", `${cwd.split("/").at(-1)}-rows-2`, "contributions.csv"), "utf8");
    expect(table.split("\n")).toHaveLength(4);
    const [first, second] = done.contributions;
    expect([first.feature, second.feature].sort()).toEqual(["height", "width"]);
    for (const { contribution, standardized, feature } of done.contributions) {
      // Being wide speaks for flat, and being high for tall.
      const towards = (feature === "width") === (done.explained === "flat");
      expect(Math.sign(contribution)).toBe(Math.sign(standardized) * (towards ? 1 : -1));
    }
  });

  test("is a function of the library, which writes nothing unless told to", async () => {
    const { heat, files, predicted } = await explain(photos, join(cwd, picture), { method: "saliency" });
    expect(files).toEqual([]);
    expect([heat!.map.height, heat!.map.width, heat!.overlay.channels]).toEqual([16, 16, 3]);
    expect(["cats", "dogs", "eels"]).toContain(predicted);
  });

  test("refuses what it cannot explain, and names what it can", async () => {
    const data = join(cwd, "rows.csv");
    const there = join(cwd, picture);
    const calls: [run: string, path: string, options: ExplainOptions, exitCode: number, says: string][] = [
      [photos, join(cwd, "nothing.png"), {}, 2, "there is no such picture"],
      [photos, join(cwd, "photos"), {}, 2, "is a folder, not a picture"],
      [photos, data, {}, 1, "it holds numbers"],
      [photos, there, { row: 1 }, 2, "leave it out"],
      [photos, there, { class: "dog" }, 2, 'did you mean "dogs"?'],
      [photos, there, { out: there }, 1, "name another folder with --out"],
      [rows, there, {}, 1, "it holds no numbers"],
      [rows, data, { row: 61 }, 2, "give 1 to 60"],
      [rows, data, { method: "grad-cam" }, 2, "choose input-gradient"],
      [join(cwd, "photos"), there, {}, 2, "is no run folder"],
    ];
    for (const [run, path, options, exitCode, says] of calls) {
      const refused = { exitCode, message: expect.stringContaining(says) };
      await expect(explain(run, path, options)).rejects.toMatchObject(refused);
    }
    const { code, stderr } = await argmin(["explain", photos, picture, "--method", "gradcam"], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining('did you mean "grad-cam"?')]);
  });
});
