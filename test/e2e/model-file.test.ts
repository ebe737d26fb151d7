/**
 * `model.onnx` outside this project: opened by a bare ONNX Runtime session, native and Wasm, it takes decoded pictures of
 * any size and answers as the run, `evaluate` and `predict` did. And the geometry gives the same bytes in both.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodePicture, type Picture } from "argmin";
import * as native from "onnxruntime-node";
import * as wasm from "onnxruntime-web";
import { beforeAll, describe, expect, test } from "vitest";
import { readMetadata } from "../../src/onnx/index.ts";
import { type GeometrySpec, geometryModel } from "../../src/preprocess/index.ts";
import {
  argmin,
  csvRows,
  doneLine,
  isThere,
  jsonLines,
  paint,
  shared,
  temporaryFolder,
  writeIdxFolder,
  writePhotos,
} from "./support.ts";

const cwd = temporaryFolder();
const runtimes = { native, wasm } as const;
type Name = keyof typeof runtimes;
const names = Object.keys(runtimes) as Name[];
wasm.env.wasm.numThreads = 1;

/** A session of a runtime as its own documentation opens one. */
async function open(name: Name, model: Uint8Array) {
  const ort = runtimes[name] as typeof native;
  const session = await ort.InferenceSession.create(model);
  return async ({ pixels, height, width }: Pick<Picture, "pixels" | "height" | "width">) => {
    const [input, output] = [session.inputNames[0]!, session.outputNames[0]!];
    const outputs = await session.run({ [input]: new ort.Tensor("uint8", pixels, [height, width, 3]) });
    return outputs[output]!;
  };
}

/** A grey picture as decoded RGB. */
const tripled = (grey: Uint8Array) => Uint8Array.from({ length: 3 * grey.length }, (_, i) => grey[Math.floor(i / 3)]!);

const classes = ["cats", "dogs", "eels", "fish"];
const model = (run: string) => readFileSync(join(cwd, "runs", run, "model.onnx"));

beforeAll(async () => {
  await writePhotos(join(cwd, "photos"), { classes, count: 25 });
  writeIdxFolder(join(cwd, "digits"), { train: 90, test: 30 });
  const small = ["--model", "cnn", "--filters", "4,8", "--epochs", "2", "--json"];
  doneLine(await argmin(["train", "photos", ...small, "--size", "16", "--name", "colour"], { cwd }));
  doneLine(await argmin(["train", "digits", ...small, "--name", "grey", "--loss", "hinge"], { cwd }));
});

describe.each(names)("on %s ONNX Runtime", (name) => {
  test.each([
    [1, 1],
    [16, 16],
    [3, 200],
    [333, 17],
    [120, 160],
  ])("a picture of %i×%i gives probabilities that sum to 1", async (height, width) => {
    const run = await open(name, model("colour"));
    const { type, dims, data } = await run({ pixels: paint(3, 1, height, width), height, width });
    expect({ type, dims }).toEqual({ type: "float32", dims: [classes.length] });
    const p = [...(data as Float32Array)];
    for (const probability of p) expect(probability).toBeGreaterThanOrEqual(0);
    expect(p.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 5);
  });

  test("it answers as the batched network of the run did", async () => {
    const run = await open(name, model("colour"));
    const rows = csvRows(join(cwd, "runs", "colour", "predictions.csv"));
    expect(rows.length).toBeGreaterThan(15);
    for (const row of rows) {
      const p = (await run(await decodePicture(join(cwd, "photos", row.path!)))).data as Float32Array;
      const best = p.indexOf(Math.max(...p));
      expect(classes[best]).toBe(row.predicted);
      // The file has six decimals.
      expect(Math.abs(p[best]! - Number(row.probability))).toBeLessThan(1e-6 + 5e-7);
      expect(Math.abs(-Math.log(p[classes.indexOf(row.true!)]!) - Number(row.loss))).toBeLessThan(1e-5);
    }
  });

  test("a grey model answers on grey pictures as the run did", async () => {
    const run = await open(name, model("grey"));
    const images = readFileSync(join(cwd, "digits", "train-images-idx3-ubyte")).subarray(16);
    const rows = csvRows(join(cwd, "runs", "grey", "predictions.csv")).filter((row) => row.path!.startsWith("train#"));
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows) {
      const index = Number(row.path!.split("#")[1]);
      const pixels = tripled(images.subarray(64 * index, 64 * (index + 1)));
      const p = (await run({ pixels, height: 8, width: 8 })).data as Float32Array;
      const best = p.indexOf(Math.max(...p));
      expect(String(best)).toBe(row.predicted);
      expect(Math.abs(p[best]! - Number(row.probability))).toBeLessThan(1e-6 + 5e-7);
    }
  });
});

test("predict and evaluate answer as a bare session does", async () => {
  const run = await open("native", model("colour"));
  const paths = csvRows(join(cwd, "runs", "colour", "predictions.csv"))
    .filter((row) => row.split === "test")
    .map((row) => join("photos", row.path!));
  const { stdout } = await argmin(["predict", "runs/colour", ...paths, "--json", "--top", "4"], { cwd });
  let right = 0;
  let loss = 0;
  for (const { path, top, label } of jsonLines(stdout)) {
    const p = (await run(await decodePicture(join(cwd, path)))).data as Float32Array;
    for (const guess of top) {
      expect(Math.abs(guess.probability - p[classes.indexOf(guess.label)]!)).toBeLessThan(1e-6);
    }
    const truth = path.split("/")[1];
    if (label === truth) right++;
    loss -= Math.log(p[classes.indexOf(truth)]!);
  }
  const judged = doneLine(await argmin(["evaluate", "runs/colour", "photos", "--json"], { cwd }));
  expect(judged.images).toBe(paths.length);
  expect(judged.accuracy).toBeCloseTo(right / paths.length, 12);
  expect(judged.loss).toBeCloseTo(loss / paths.length, 6);
});

test("the metadata tells classes, preprocessing and provenance, in standard operators only", () => {
  const facts = readMetadata(model("grey"), "model.onnx");
  expect(JSON.parse(facts.classes!)).toEqual(["0", "1", "2"]);
  expect(JSON.parse(facts.preprocessing!)).toMatchObject({ size: [8, 8], channels: 1, fit: "letterbox" });
  expect(JSON.parse(facts.training!)).toMatchObject({
    data: "digits",
    loss: { name: "hinge" },
    model: { name: "cnn" },
  });
  expect(facts.producer).toMatch(/^argmin \d/);
  expect(Number(facts.temperature)).toBeGreaterThan(0);
  expect(model("grey").includes("com.microsoft")).toBe(false);
});

describe("the geometry", () => {
  const resize = async (name: Name, spec: GeometrySpec, picture: Picture) => {
    const output = await (await open(name, geometryModel(spec)))(picture);
    expect(output.dims).toEqual([spec.height, spec.width, spec.channels]);
    return Buffer.from(output.data as Uint8Array);
  };
  const specs: GeometrySpec[] = [
    { height: 64, width: 64, channels: 3 },
    { height: 28, width: 28, channels: 1 },
    { height: 225, width: 225, channels: 3 },
  ];
  const sameBytes = async (picture: Picture) => {
    for (const spec of specs) {
      const [one, other] = await Promise.all(names.map((name) => resize(name, spec, picture)));
      expect(one!.equals(other!), `${picture.height}×${picture.width} to ${spec.height}`).toBe(true);
      expect(new Set(one!).size).toBeGreaterThan(1);
    }
  };

  test.each([
    [640, 427],
    [31, 33],
    [5, 300],
    [64, 64],
  ])("gives the same bytes native and in Wasm for a picture of %i×%i", async (height, width) => {
    await sameBytes({ pixels: paint(3, height, height, width), height, width, channels: 3 });
  });

  const small = join(shared, "data", "small");
  const photographs = isThere(small) ? readdirSync(small).filter((file) => file.endsWith(".jpg")) : [];
  test.skipIf(photographs.length === 0)(
    "gives the same bytes native and in Wasm for photographs (../shared)",
    async () => {
      expect(photographs.length).toBeGreaterThan(0);
      for (const file of photographs) await sameBytes(await decodePicture(join(small, file)));
    },
  );

  test.each(names)("leaves a picture of the right size as it is, on %s", async (name) => {
    const colour = paint(3, 2, 24, 24);
    const grey = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const spec = { height: 24, width: 24, channels: 3 } as const;
    expect((await resize(name, spec, { pixels: colour, height: 24, width: 24, channels: 3 })).equals(colour)).toBe(
      true,
    );
    // Every grey there is: the luma weights sum to 1, and Round takes care of the rest.
    const picture: Picture = { pixels: tripled(grey), height: 16, width: 16, channels: 3 };
    expect([...(await resize(name, { height: 16, width: 16, channels: 1 }, picture))]).toEqual([...grey]);
  });
});
