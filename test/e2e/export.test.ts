/** `argmin export`: the written file is proven, and refused where it answers otherwise than the run did. */
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession, Tensor, type TypedTensor } from "onnxruntime-node";
import { beforeAll, describe, expect, test } from "vitest";
import { decodeTensors } from "../../src/train/index.ts";
import { argmin, doneLine, isThere, type Line, temporaryFolder, writePhotos } from "./support.ts";

const cwd = temporaryFolder();
const run = join(cwd, "runs", "photos");

beforeAll(async () => {
  await writePhotos(join(cwd, "photos"), { classes: ["cats", "dogs", "eels", "fish"], count: 20 });
  const small = ["--model", "cnn", "--filters", "4,8", "--epochs", "2", "--size", "16", "--average-weights", "0.9"];
  doneLine(await argmin(["train", "photos", ...small, "--name", "photos", "--json"], { cwd }));
});

describe("argmin export", () => {
  test("writes the run's own model again, with the evidence beside it", async () => {
    const done = doneLine(await argmin(["export", run, "--json"], { cwd }));
    expect(done.origin).toBe("held-out");
    expect(done.runtimes.map(({ device }: { device: string }) => device)).toEqual([
      expect.stringContaining("native CPU"),
      expect.stringContaining("WebAssembly"),
    ]);
    for (const { largest, otherLabels } of done.runtimes) {
      expect(largest).toBeLessThanOrEqual(1e-5);
      expect(largest).toBeGreaterThan(0); // Two ways to compute the same never round alike everywhere.
      expect(otherLabels).toBe(0);
    }
    expect(done.predictions.pictures).toBe(done.pictures);
    expect(readFileSync(join(run, "export", "model.onnx")).equals(readFileSync(join(run, "model.onnx")))).toBe(true);
    const { expected } = JSON.parse(readFileSync(join(run, "export", "golden.json"), "utf8"));
    expect(expected).toHaveLength(16);
    for (const { probabilities } of expected) {
      expect(probabilities.reduce((a: number, b: number) => a + b)).toBeCloseTo(1, 6);
    }
  });

  test("stores weights as bytes, and counts what that costs on all held-out pictures", async () => {
    const { int8 } = doneLine(
      await argmin(["export", run, "--quantize", "int8", "--pictures", "4", "--json"], { cwd }),
    );
    const bytes = readFileSync(join(run, "export", "model.int8.onnx"));
    const float = readFileSync(join(run, "export", "model.onnx"));
    expect(int8.bytes).toBe(bytes.length);
    // Weights become a quarter; biases, and a scale for each of the 16 units, stay float32.
    const { before, after } = int8.weightBytes;
    const weights = (before - 4 * 16) / 4;
    expect(after).toBe(weights + 2 * 4 * 16);
    expect(float.length - bytes.length).toBeGreaterThan(3 * weights - 2000);
    expect(int8.runtimes).toBeLessThanOrEqual(1e-5);
    expect(int8.change).toBeGreaterThan(1e-6);
    expect(int8.change).toBeLessThan(0.1);
    expect([int8.accuracy.validation.pictures, int8.accuracy.test.pictures]).toEqual([8, 8]);
    // One picture of eight more or less.
    expect(Math.abs(int8.accuracy.test.after - int8.accuracy.test.before)).toBeLessThanOrEqual(0.125);
  });

  test("writes the training step, with which any runtime goes on: the loss of a batch falls", async () => {
    const { training } = doneLine(await argmin(["export", run, "--training", "--pictures", "4", "--json"], { cwd }));
    expect(training.largest).toBeLessThanOrEqual(1e-4);
    const file = (name: string) => readFileSync(join(training.folder, name));
    const { graphs, firstLosses, batch } = JSON.parse(file("training.json").toString());
    expect(firstLosses).toEqual(training.losses);
    expect(file("README.md").toString()).toContain("traced for batches of");
    const { tensors } = decodeTensors(file("state.safetensors"), "state");
    const [header, ...rows] = file("scalars.csv").toString().trimEnd().split("\n");
    // By the notes alone, with onnxruntime-node as it is.
    const session = await InferenceSession.create(file("step.onnx"));
    const state = new Map(Object.entries(tensors).map(([name, { shape, data }]) => [name, new Tensor(data, shape)]));
    const losses: number[] = [];
    for (let step = 0; step < 12; step++) {
      const cells = rows[Math.min(step, rows.length - 1)]!.split(",").map(Number);
      const feeds = Object.fromEntries(
        graphs[0].inputs.map(({ name, dtype, shape, from }: Line) => {
          if (from === "state") return [name, state.get(name)];
          if (from === "scalars")
            return [name, new Tensor(Float32Array.of(cells[header!.split(",").indexOf(name)]!), [])];
          const size = shape.reduce((product: number, dim: number) => product * dim, 1);
          const label = (i: number) => (dtype === "uint8" ? Math.floor((4 * i) / size) * 60 : i % 4);
          const values = Array.from({ length: size }, (_, i) =>
            name === "labels" ? Math.floor((4 * i) / size) : label(i),
          );
          return [
            name,
            dtype === "uint8" ? new Tensor(Uint8Array.from(values), shape) : new Tensor(Int32Array.from(values), shape),
          ];
        }),
      );
      const out = await session.run(feeds);
      losses.push(Number(out.loss!.data[0]));
      for (const [from, to] of Object.entries<string>(graphs[0].next))
        state.set(to, out[from] as TypedTensor<"float32">);
    }
    expect(batch).toBe(32);
    expect(losses.at(-1)!).toBeLessThan(0.9 * losses[0]!);
    expect(state.size).toBe(Object.keys(graphs[0].next).length);
  });

  test("refuses where the run had said otherwise, and leaves no file", async () => {
    const copy = join(cwd, "runs", "otherwise");
    cpSync(run, copy, { recursive: true });
    const csv = readFileSync(join(copy, "predictions.csv"), "utf8");
    writeFileSync(
      join(copy, "predictions.csv"),
      csv.replaceAll(/,0\.(\d)/g, (_, digit) => `,0.${9 - Number(digit)}`),
    );
    const out = join(cwd, "refused");
    const { code, stderr } = await argmin(["export", copy, "--out", out], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/refused: .*predictions\.csv/);
    expect(isThere(out, "model.onnx") || isThere(out, "model.onnx.unproven")).toBe(false);
  });

  test("of large weights is two files, which every command takes together", async () => {
    const apart = { cwd, env: { ARGMIN_EXTERNAL_DATA_ABOVE: "100" } };
    const out = join(cwd, "apart");
    const flags = ["--out", out, "--quantize", "int8", "--web", "--pictures", "4", "--json"];
    const done = doneLine(await argmin(["export", run, ...flags], apart));
    expect(done.runtimes.map(({ largest }: { largest: number }) => largest <= 1e-5)).toEqual([true, true]);
    const file = (name: string) => readFileSync(join(out, name));
    expect(done.bytes).toBe(file("model.onnx").length + file("model.onnx.data").length);
    expect(done.int8.bytes).toBe(file("model.int8.onnx").length + file("model.int8.onnx.data").length);
    expect(file("web/model.int8.onnx.data").equals(file("model.int8.onnx.data"))).toBe(true);
    expect(file("web/classify.js").toString()).toContain('path: "model.int8.onnx.data"');
    // The same answers as with the weights inside, in both runtimes.
    const picture = join("photos", "cats", readdirSync(join(cwd, "photos", "cats"))[0]!);
    const said = async (model: string, device: string) =>
      JSON.parse((await argmin(["predict", model, picture, "--device", device, "--json"], { cwd })).stdout);
    const whole = await said(join(run, "model.onnx"), "cpu");
    for (const device of ["cpu", "wasm"]) {
      const [a, b] = [whole, await said(join(out, "model.onnx"), device)];
      expect(b.label).toBe(a.label);
      expect(b.probability).toBeCloseTo(a.probability, 5);
    }
    rmSync(join(out, "model.onnx.data"));
    const lost = await argmin(["predict", join(out, "model.onnx"), picture], { cwd });
    expect([lost.code, lost.stderr]).toEqual([1, expect.stringContaining("copy model.onnx.data beside model.onnx")]);
  });

  test("says what is missing", async () => {
    const copy = join(cwd, "runs", "missing");
    cpSync(run, copy, { recursive: true });
    for (const kind of ["best", "last"]) {
      const file = join(copy, "checkpoints", `${kind}.safetensors`);
      const bytes = readFileSync(file);
      bytes.fill(0, bytes.length - 64);
      writeFileSync(file, bytes);
    }
    const wrong = await argmin(["export", copy], { cwd });
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining("hold other weights than its model.onnx")]);
    rmSync(join(copy, "model.onnx"));
    const early = await argmin(["export", copy], { cwd });
    expect([early.code, early.stderr]).toEqual([1, expect.stringContaining("the run has not ended")]);
    const none = await argmin(["export", "photos"], { cwd });
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("is no run folder")]);
  });

  test("proves it on drawn pictures where the data are gone", async () => {
    renameSync(join(cwd, "photos"), join(cwd, "moved"));
    const gone = await argmin(["export", run, "--json"], { cwd });
    const done = doneLine(gone);
    expect(gone.stderr).toContain("so pictures were drawn");
    expect([done.origin, done.pictures, done.predictions]).toEqual(["drawn", 64, null]);
    const found = doneLine(await argmin(["export", run, "--data", "moved", "--pictures", "5", "--json"], { cwd }));
    expect([found.origin, found.pictures]).toEqual(["held-out", 5]);
  });
});
