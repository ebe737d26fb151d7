import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { ModelBuilder } from "../../onnx/index.ts";
import { encodeTensors } from "../../train/index.ts";
import { EXTERNAL_ABOVE } from "../export-model.ts";
import { writeAtomic } from "./atomic-file.ts";
import { externalAbove, openModelFile, writeModel } from "./model-file.ts";
import { readTensors } from "./tensors-file.ts";

const folder = mkdtempSync(join(tmpdir(), "argmin-model-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "model.onnx");

/** A model of one large initializer, whose numbers are all `value`. */
function modelOf(value: number) {
  const builder = new ModelBuilder();
  const raw = new Uint8Array(Float32Array.from({ length: 512 }, () => value).buffer);
  const x = builder.input("x", "float32", [512]);
  builder.output("y", builder.node("Add", [x, builder.initializer("w", raw, [512], "float32")]), "float32", [512]);
  return builder;
}
const inside = (value: number) => ({ model: modelOf(value).pieces("net", { weightsHash: String(value) }) });
const apart = (value: number) => modelOf(value).apart("net", { externalData: "model.onnx.data" }, "model.onnx.data");

describe("a model file", () => {
  beforeEach(() => rmSync(path, { force: true }));

  test("of small weights is handed on as bytes, one with weights apart by its path", async () => {
    expect(await writeModel(path, inside(1))).toBe(readFileSync(path).length);
    const whole = await openModelFile(path);
    expect(Buffer.from(whole.model as Uint8Array).equals(readFileSync(path))).toBe(true);
    const bytes = await writeModel(path, apart(2));
    expect(await openModelFile(path)).toMatchObject({ model: { path, data: "model.onnx.data" }, bytes });
    expect(readFileSync(`${path}.data`)).toHaveLength(2048);
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  test("takes the weights of the one before with it", async () => {
    await writeModel(path, apart(1));
    await writeModel(path, inside(2));
    expect(existsSync(`${path}.data`)).toBe(false);
  });

  test("without its weights is refused, and says which file is missing", async () => {
    await writeModel(path, apart(1));
    rmSync(`${path}.data`);
    await expect(openModelFile(path)).rejects.toMatchObject({
      what: "its weights lie in model.onnx.data, which is not there",
      fix: expect.stringContaining("beside model.onnx"),
    });
  });

  test("may not name weights outside of its folder", async () => {
    const outside = modelOf(1).apart("net", { externalData: "./secret" }, "./secret");
    await writeModel(path, { model: outside.model });
    await writeAtomic(join(folder, "secret"), "x");
    await expect(openModelFile(path)).rejects.toThrow("./secret");
  });
});

test("the limit is what the environment says, and no more than what a file can hold", () => {
  expect(externalAbove({})).toBe(EXTERNAL_ABOVE);
  expect(externalAbove({ ARGMIN_EXTERNAL_DATA_ABOVE: "0" })).toBe(0);
  for (const wrong of ["much", "-1", "1.5", String(2 ** 31)]) {
    expect(() => externalAbove({ ARGMIN_EXTERNAL_DATA_ABOVE: wrong })).toThrow(wrong);
  }
});

describe("readTensors", () => {
  const file = join(folder, "state.safetensors");
  const a = { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  const b = { shape: [], data: Float32Array.of(7) };

  test("reads what was written, or a part of it", async () => {
    await writeAtomic(file, encodeTensors({ a, b }, { step: "3" }));
    expect(await readTensors(file)).toEqual({ tensors: { a, b }, metadata: { step: "3" } });
    expect((await readTensors(file, (name) => name === "b")).tensors).toEqual({ b });
  });

  test("refuses a file that ends too early", async () => {
    const whole = Buffer.concat(encodeTensors({ a, b }));
    for (const length of [4, 20, whole.length - 1]) {
      await writeAtomic(file, whole.subarray(0, length));
      await expect(readTensors(file)).rejects.toThrow(String(length));
    }
  });
});
