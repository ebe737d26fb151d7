/** Weights beside a model, and a model file's metadata without its graph. */
import { describe, expect, test } from "vitest";
import { ModelBuilder } from "./builder.ts";
import { joined, modelHead } from "./index.ts";
import { readMetadata } from "./metadata.ts";

const weights = Float32Array.from({ length: 300 }, (_, i) => i - 150);
const bytes = new Uint8Array(weights.buffer);

/** x · w₁ + w₂ + b with two large initializers and a small one. */
function builder() {
  const model = new ModelBuilder();
  const x = model.input("x", "float32", [1, 300]);
  const sum = ["a", "b", "small"].reduce((value, name) => {
    const raw = name === "small" ? bytes.subarray(0, 4) : bytes;
    return model.node("Add", [value, model.initializer(name, raw, [raw.length / 4], "float32")]);
  }, x);
  model.output("y", sum, "float32", [1, 300]);
  return model;
}

describe("external data", () => {
  test("stand at multiples of a page, and small initializers stay in the model", () => {
    const { model, data } = builder().apart("net", { kind: "test" }, "net.onnx.data");
    const all = joined(data);
    expect(all.length).toBe(4096 + bytes.length);
    expect(all.subarray(0, bytes.length)).toEqual(bytes);
    expect(all.subarray(4096)).toEqual(bytes);
    expect(all.subarray(bytes.length, 4096).every((byte) => byte === 0)).toBe(true);
    // Twice the name, and never the numbers.
    const text = Buffer.from(joined(model)).toString("latin1");
    expect(text.split("net.onnx.data")).toHaveLength(3);
    expect(text).toContain("4096");
    expect(joined(model).length).toBeLessThan(bytes.length);
    expect(readMetadata(joined(model), "net")).toEqual({ kind: "test" });
  });

  test("hold no copy of the weights", () => {
    expect(builder().apart("net", {}, "d").data[0]!.buffer).toBe(weights.buffer);
    expect(
      builder()
        .pieces("net")
        .some(({ buffer }) => buffer === weights.buffer),
    ).toBe(true);
  });
});

describe("modelHead", () => {
  const file = builder().finish("net", { first: "1", second: "two" });
  const reading = (whole: Uint8Array) => {
    let read = 0;
    const at = async (position: number, length: number) => {
      const part = whole.subarray(position, position + length);
      read += part.length;
      return part;
    };
    return { at, count: () => read };
  };

  test("has the metadata of a file and does not read its graph", async () => {
    const { at, count } = reading(file);
    const head = await modelHead(at, file.length, "net");
    expect(readMetadata(head, "net")).toEqual({ first: "1", second: "two" });
    expect(count()).toBeLessThan(file.length / 4);
  });

  test.each([
    ["cut short in its graph", file.subarray(0, file.length / 2)],
    ["no model", new TextEncoder().encode("this is no model")],
  ])("refuses a file that is %s", async (_, broken) => {
    await expect(modelHead(reading(broken).at, broken.length, "net")).rejects.toThrow("not an ONNX model");
  });
});
