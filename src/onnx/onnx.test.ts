import { BinaryReader } from "@bufbuild/protobuf/wire";
import { describe, expect, test } from "vitest";
import { constant, graph, input, scoped, type Tensor } from "../ir/index.ts";
import { add, gather, maxPool2d, mul, relu, sum } from "../ops/index.ts";
import { loadNative } from "../runtime/node/index.ts";
import { lower, ModelBuilder, OPSET } from "./index.ts";

type Field = number | Uint8Array;

/** Field numbers to the values that stand there: what the wire says, without a schema. */
function fields(bytes: Uint8Array): Map<number, Field[]> {
  const reader = new BinaryReader(bytes);
  const found = new Map<number, Field[]>();
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    const value = wireType === 0 ? Number(reader.int64()) : wireType === 5 ? reader.float() : reader.bytes();
    found.set(field, [...(found.get(field) ?? []), value]);
  }
  return found;
}

const text = (value: Field | undefined) => (value === undefined ? "" : new TextDecoder().decode(value as Uint8Array));
const all = (message: Map<number, Field[]>, field: number) => message.get(field) ?? [];
const one = (message: Map<number, Field[]>, field: number) => all(message, field)[0];
const nested = (message: Map<number, Field[]>, field: number) =>
  all(message, field).map((bytes) => fields(bytes as Uint8Array));

/** The parts of ModelProto that a reader of ONNX looks at; numbers are fields of onnx.proto. */
function decode(bytes: Uint8Array) {
  const model = fields(bytes);
  const body = nested(model, 7)[0];
  const valueInfo = (message: Map<number, Field[]>) => {
    const tensorType = nested(nested(message, 2)[0], 1)[0];
    const dims = nested(tensorType, 2).flatMap((shape) => nested(shape, 1));
    return {
      name: text(one(message, 1)),
      type: one(tensorType, 1),
      shape: dims.map((dim) => one(dim, 1) ?? text(one(dim, 2))),
    };
  };
  return {
    irVersion: one(model, 1),
    producer: text(one(model, 2)),
    opsets: nested(model, 8).map((opset) => [text(one(opset, 1)), one(opset, 2)]),
    metadata: Object.fromEntries(nested(model, 14).map((pair) => [text(one(pair, 1)), text(one(pair, 2))])),
    name: text(one(body, 2)),
    nodes: nested(body, 1).map((node) => ({
      inputs: all(node, 1).map(text),
      outputs: all(node, 2).map(text),
      name: text(one(node, 3)),
      type: text(one(node, 4)),
      attributes: Object.fromEntries(
        nested(node, 5).map((attribute) => [
          text(one(attribute, 1)),
          { 1: one(attribute, 2), 2: one(attribute, 3), 3: text(one(attribute, 4)), 7: all(attribute, 8) }[
            one(attribute, 20) as 1 | 2 | 3 | 7
          ],
        ]),
      ),
    })),
    initializers: nested(body, 5).map((tensor) => ({
      shape: all(tensor, 1),
      type: one(tensor, 2),
      name: text(one(tensor, 8)),
      raw: [...(one(tensor, 9) as Uint8Array)],
    })),
    inputs: nested(body, 11).map(valueInfo),
    outputs: nested(body, 12).map(valueInfo),
  };
}

const data = (name: string, ...shape: number[]) => input(name, shape) as Tensor;
const native = await loadNative();
if (native instanceof Error) throw native;
const sessionOf = (model: Uint8Array) => native.createSession(model, { threads: 1, spinning: false });
const vector = (...values: number[]) => ({
  dtype: "float32" as const,
  shape: [values.length],
  data: Float32Array.from(values),
});

describe("a model file", () => {
  const builder = new ModelBuilder();
  builder.input("x", "float32", ["batch", 2]);
  builder.place = { scope: "hidden1", backward: true };
  const sum = builder.node("Add", ["x", builder.constant([1.5, -2], [2], "float32")]);
  const leaky = builder.node("LeakyRelu", [sum], { alpha: { float: 0.25 } });
  const turned = builder.node("Transpose", [leaky], { perm: [1, 0] });
  const cast = builder.node("Cast", [turned], { to: 11 });
  const clipped = builder.node("Clip", [cast, "", builder.constant([3], [], "float64")]);
  builder.output("y", clipped, "float64", [2, "batch"]);
  const bytes = builder.finish("tiny", { classes: "cat,car", empty: "" });
  const model = decode(bytes);

  test("states versions, producer, name and metadata", () => {
    const { irVersion, producer, opsets, name, metadata } = model;
    expect({ irVersion, producer, opsets, name, metadata }).toEqual({
      irVersion: 8,
      producer: "argmin",
      opsets: [["", OPSET]],
      name: "tiny",
      metadata: { classes: "cat,car", empty: "" },
    });
  });

  test("states inputs and outputs with dtype and shape, symbolic sizes included", () => {
    expect(model.inputs).toEqual([{ name: "x", type: 1, shape: ["batch", 2] }]);
    expect(model.outputs).toEqual([{ name: "y", type: 11, shape: [2, "batch"] }]);
  });

  test("holds every kind of attribute, and an absent input as an empty name", () => {
    expect(model.nodes.map(({ type, attributes }) => [type, attributes])).toEqual([
      ["Add", {}],
      ["LeakyRelu", { alpha: 0.25 }],
      ["Transpose", { perm: [1, 0] }],
      ["Cast", { to: 11 }],
      ["Clip", {}],
    ]);
    expect(model.nodes[4].inputs[1]).toBe("");
  });

  test("names nodes after the place in force", () => {
    for (const { name, type } of model.nodes) expect(name).toMatch(new RegExp(`^hidden1'/${type}:`));
  });

  test("writes constants as little-endian bytes", () => {
    expect(model.initializers.map(({ shape, type, raw }) => ({ shape, type, raw }))).toEqual([
      { shape: [2], type: 1, raw: [0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0] },
      { shape: [], type: 11, raw: [0, 0, 0, 0, 0, 0, 8, 64] },
    ]);
  });

  test("runs: (x + c), leaky, transposed, at most 3", async () => {
    const session = await sessionOf(bytes);
    const { y } = await session.run({ x: { dtype: "float32", shape: [1, 2], data: Float32Array.of(5, 1) } });
    expect([y.dtype, y.shape, [...(y.data as Float64Array)]]).toEqual(["float64", [2, 1], [3, -0.25]]);
    await session.release();
  });
});

describe("lowering", () => {
  test("leaves out nodes and constants that no output needs", () => {
    const builder = new ModelBuilder();
    builder.input("x", "float32", [2]);
    const unused = builder.node("Mul", ["x", builder.constant([7], [], "float32")]);
    builder.node("Neg", [unused]);
    builder.output("y", builder.node("Relu", ["x"]), "float32", [2]);
    const { nodes, initializers } = decode(builder.finish("pruned"));
    expect(nodes.map(({ type }) => type)).toEqual(["Relu"]);
    expect(initializers).toEqual([]);
  });

  test("writes equal constants once, and different ones apart", () => {
    const x = data("x", 2);
    const constants = (...factors: Tensor[]) => {
      const product = factors.reduce((a, b) => mul(a, b), x);
      const { nodes, initializers } = decode(lower(graph({ y: product }), "constants"));
      const names = initializers.map(({ name }) => name);
      // Each operand behind the first is one of them: sharing leaves no name behind that nothing stands for.
      for (const { inputs } of nodes) expect(names).toContain(inputs[1]);
      return names.length;
    };
    expect(constants(constant(2), constant(2), constant([2]), constant([1, 2]), constant([1, 2]))).toBe(3);
    expect(constants(constant(0), constant(-0))).toBe(2);
  });

  test("an output that is an input passes it on", async () => {
    const x = data("x", 2);
    const model = lower(graph({ same: x, twice: add(x, x) }), "through");
    const session = await sessionOf(model);
    const { same, twice } = await session.run({ x: vector(1, 2) });
    expect([[...(same.data as Float32Array)], [...(twice.data as Float32Array)]]).toEqual([
      [1, 2],
      [2, 4],
    ]);
    await session.release();
  });

  test("a value may have two names, and be used further", async () => {
    const y = relu(data("x", 2));
    const session = await sessionOf(lower(graph({ a: y, b: y, c: sum(y) }), "names"));
    expect(session.outputNames).toEqual(["a", "b", "c"]);
    const { a, b, c } = await session.run({ x: vector(-1, 2) });
    expect([a, b, c].map((value) => [...(value.data as Float32Array)])).toEqual([[0, 2], [0, 2], [2]]);
    await session.release();
  });

  test("a constant may be an output, and an input that nothing uses stays one", async () => {
    const model = lower(graph({ c: constant([1, 2]) }, [input("unused", [3])]), "constant");
    const session = await sessionOf(model);
    expect(session.inputNames).toEqual(["unused"]);
    const { c } = await session.run({ unused: vector(0, 0, 0) });
    expect([...(c.data as Float32Array)]).toEqual([1, 2]);
    await session.release();
  });

  test("an output takes its name without a copy, the second output of a node included", () => {
    const y = maxPool2d(data("x", 1, 1, 4, 4), 2);
    const { nodes, outputs } = decode(lower(graph({ "next y": y }), "pool"));
    expect(nodes.map(({ type, outputs }) => [type, outputs])).toEqual([["MaxPool", ["next y"]]]);
    expect(outputs).toEqual([{ name: "next y", type: 1, shape: [1, 1, 2, 2] }]);
  });

  test("an error of the runtime names the user's layer", async () => {
    const places = input("places", [1], { dtype: "int32" });
    const y = scoped("hidden1", () => gather(data("x", 2), places as Tensor));
    const session = await sessionOf(lower(graph({ y }), "named"));
    const run = (place: number) =>
      session.run({ x: vector(5, 6), places: { dtype: "int32", shape: [1], data: Int32Array.of(place) } });
    expect([...((await run(1)).y.data as Float32Array)]).toEqual([6]);
    await expect(run(2)).rejects.toThrow(/^ONNX Runtime: .*hidden1\/Gather/);
    await session.release();
  });
});
