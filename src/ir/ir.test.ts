import { describe, expect, test } from "vitest";
import { gradients } from "../autodiff/index.ts";
import { UsageError } from "../core/index.ts";
import {
  add,
  cast,
  concat,
  conv2d,
  gather,
  gatherElements,
  logSoftmax,
  matmul,
  max,
  maxPool2d,
  mul,
  relu,
  reshape,
  sum,
  transpose,
  where,
} from "../ops/index.ts";
import { evaluate } from "../reference/index.ts";
import { bind, constant, graph, input, isInput, placed, print, scoped, Tensor, topological, verify } from "./index.ts";

const data = (name: string, ...shape: number[]) => input(name, shape) as Tensor;

/** The UsageError that `body` throws. */
function errorOf(body: () => unknown): UsageError {
  try {
    body();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("errors of bind", () => {
  test("name the op, its scope, both values and the mend", () => {
    const [x, w] = [data("x", 32, 3, 28, 28), data("w", 8, 1, 5, 5)];
    const error = errorOf(() => scoped("features.3", () => conv2d(x, w)));
    expect(error.where).toBe("conv2d at features.3");
    expect(error.what).toBe("x has 3 channels ([32,3,28,28]) but w expects 1 ([8,1,5,5])");
    expect(error.fix).toBe("the channels of x must be those of w times the groups");
    expect(error.message).toBe(
      "conv2d at features.3: x has 3 channels ([32,3,28,28]) but w expects 1 ([8,1,5,5]); the channels of x must be those of w times the groups",
    );
  });

  test("outside a scope name the scope of an input, or the op alone", () => {
    const hidden = scoped("hidden1", () => relu(data("x", 2, 3)));
    expect(errorOf(() => matmul(hidden, data("w", 4, 5))).where).toBe("matmul at hidden1");
    expect(errorOf(() => matmul(data("x", 2, 3), data("w", 4, 5))).where).toBe("matmul");
  });

  const [a, b] = [data("a", 2, 3), data("b", 4)];
  const integers = input("i", [2], { dtype: "int32" }) as Tensor;
  const maps = data("maps", 1, 1, 6, 6);
  const even = (padding: "same" | number, stride = 1) => conv2d(maps, data("w", 1, 1, 2, 2), { padding, stride });
  const rows: [string, () => Tensor, string, string[]][] = [
    ["operands that do not broadcast", () => add(a, b), "add", ["[2,3]", "[4]"]],
    ["operands of two dtypes", () => add(a, cast(a, "float64")), "add", ["float32", "float64"]],
    ["an integer where a float is wanted", () => relu(integers), "relu", ["int32[2]"]],
    ["inner sizes", () => matmul(a, data("c", 4, 5)), "matmul", ["3 and 4", "[2,3]", "[4,5]"]],
    ["the number of elements", () => reshape(a, [4]), "reshape", ["[2,3] has 6", "[4] needs 4"]],
    ["an axis that is not there", () => logSoftmax(a, 2), "logSoftmax", ["axis 2", "[2,3]"]],
    ["an empty maximum", () => max(data("e", 0, 2), 0), "max", ["[0]", "[0,2]"]],
    ["sizes beside the joined axis", () => concat([a, data("c", 2, 4)], 0), "concat", ["[2,3]", "[2,4]"]],
    ["a condition that is no bool", () => where(a, a, a), "where", ["float32"]],
    ["an axis before the first", () => logSoftmax(a, -5), "logSoftmax", ["axis -3", "[2,3]"]],
    ["a joined axis that is not there", () => concat([a, a], 7), "concat", ["axis 7", "[2,3]"]],
    ["an axis to gather along", () => gather(a, integers, 2), "gather", ["axis 2", "[2,3]"]],
    ["an axis to gather elements along", () => gatherElements(a, integers, -4), "gatherElements", ["axis -2", "[2,3]"]],
    ["a size that is no whole number", () => reshape(a, [4, -1]), "reshape", ["[2,3]", "[4,1.5]"]],
    ["a size that could be anything", () => reshape(data("e", 0, 2), [0, -1]), "reshape", ["[0,2]", "[0,NaN]"]],
    ["an even kernel that should keep the size", () => even("same"), "conv2d", ["kernel 2", "padding 0.5"]],
    ["a stride of 0", () => even(0, 0), "conv2d", ["stride 0"]],
    ["a kernel of another dtype", () => conv2d(maps, cast(maps, "float64")), "conv2d", ["float32", "float64"]],
    ["padding as wide as the window", () => maxPool2d(maps, 2, { padding: 2 }), "maxPool2d", ["[2,2]"]],
    ["a picture without a batch", () => maxPool2d(data("x", 1, 4, 4), 2), "maxPool2d", ["[1,4,4]"]],
    ["a vector to transpose", () => transpose(b), "transpose", ["[4]"]],
    ["a window too large", () => conv2d(data("x", 1, 1, 2, 2), data("w", 1, 1, 3, 3)), "conv2d", ["3", "2"]],
  ];
  test.each(rows)("%s", (_, build, where, values) => {
    const error = errorOf(build);
    expect(error.where).toBe(where);
    for (const value of values) expect(error.what).toContain(value);
    expect(error.fix).not.toBe("");
  });
});

describe("print", () => {
  const build = () => {
    const x = data("x", 2, 3);
    const w = input("w", [3, 2], { role: "weight" });
    const y = scoped("layer", () => mul(relu(matmul(x, w as Tensor)), constant([1, 2])));
    const loss = sum(mul(y, 0.5));
    return graph({ loss, slope: gradients(loss, [w as Tensor])[0] }, [w]);
  };

  test("shows inputs with roles, nodes with scopes, a prime on the reverse sweep, and outputs", () => {
    expect(print(build())).toMatchInlineSnapshot(`
      "w: weight float32[3,2]
      x: data float32[2,3]
      %0 float32[2,2] = matmul(x, w) @layer
      %1 float32[2,2] = relu(%0) @layer
      %2 float32[2] = constant() {2 values} @layer
      %3 float32[2,2] = mul(%1, %2) @layer
      %4 float32[2,2] = mul(%3, 0.5)
      %5 float32[] = sum(%4) {axes: [0,1], keepAxes: false}
      %6 float32[3,2] = transpose(x) {axes: [1,0]} @layer'
      %7 float32[2,2] = broadcastTo(1) {shape: [2,2]} @'
      %8 float32[2,2] = mul(%7, 0.5) @'
      %9 float32[2,2] = mul(%8, %2) @layer'
      %10 float32[2,2] = reluGrad(%9, %1) @layer'
      %11 float32[3,2] = matmul(%6, %10) @layer'
      return loss = %5
      return slope = %11"
    `);
  });

  test("depends on the structure alone", () => expect(print(build())).toBe(print(build())));
});

describe("graph", () => {
  test("puts declared inputs first, used or not, then those that the outputs reach", () => {
    const [x, y, unused] = [data("x"), data("y"), input("unused", [])];
    const closed = graph({ z: add(y, x) }, [unused]);
    expect(closed.inputs.map(({ attrs }) => attrs.name)).toEqual(["unused", "y", "x"]);
  });

  test("refuses two inputs of one name", () => {
    const error = errorOf(() => graph({ z: add(data("x", 2), data("x", 2)) }));
    expect([error.where, error.what]).toEqual(["input x", "two different inputs have this name"]);
  });
});

describe("topological", () => {
  test("each after its inputs, each once", () => {
    const x = data("x");
    const y = mul(x, x);
    const z = add(y, mul(y, x));
    const order = topological([z, y]);
    expect(new Set(order).size).toBe(order.length);
    order.forEach((tensor, i) => {
      for (const operand of tensor.inputs) expect(order.indexOf(operand)).toBeLessThan(i);
    });
    expect(order.filter(isInput)).toEqual([x]);
  });

  test("a chain of 50,000 nodes overflows nothing: order, print, verify, gradients, evaluation", () => {
    let y = data("x");
    const x = y;
    for (let i = 0; i < 50_000; i++) y = add(y, 1);
    expect(topological([y])).toHaveLength(1 + 2 * 50_000);
    const closed = graph({ y, slope: gradients(y, [x])[0] });
    verify(closed);
    expect(print(closed).split("\n")).toHaveLength(50_000 + 3);
    const { y: value, slope } = evaluate(closed, { x: { shape: [], data: Float64Array.of(2) } });
    expect([value.data[0], slope.data[0]]).toEqual([50_002, 1]);
  });
});

describe("verify", () => {
  test("accepts what bind made", () => verify(graph({ y: relu(data("x", 2)) })));

  test("catches a node whose type is not what its rule says", () => {
    const honest = scoped("hidden1", () => relu(data("x", 2, 3)));
    const { op, inputs, attrs, place } = honest;
    const shape = new Tensor(op, inputs, attrs, { shape: [3, 2], dtype: "float32" }, place);
    const dtype = new Tensor(op, inputs, attrs, { shape: [2, 3], dtype: "float64" }, place);
    const error = errorOf(() => verify(graph({ y: add(shape, shape) })));
    expect(error.where).toBe("relu at hidden1");
    expect(error.what).toBe("is relu float32[3,2], but its rule says float32[2,3]");
    expect(errorOf(() => verify(graph({ y: dtype }))).what).toContain("float64[2,3]");
  });

  test("catches an input that is not declared", () => {
    const y = relu(data("x", 2));
    expect(errorOf(() => verify({ inputs: [], outputs: { y } })).where).toBe("input x");
  });
});

describe("places", () => {
  test("scopes nest, and are left again when the body throws", () => {
    const inner = scoped("a", () => scoped("b", () => relu(data("x", 1))));
    expect(inner.place).toEqual({ scope: "a.b", backward: false });
    expect(() =>
      scoped("a", () => {
        throw new Error("stop");
      }),
    ).toThrow("stop");
    expect(relu(data("x", 1)).place.scope).toBe("");
    const adjoint = placed({ scope: "c", backward: true }, () => scoped("d", () => relu(data("x", 1))));
    expect(adjoint.place).toEqual({ scope: "c.d", backward: true });
  });

  test("an error of another kind passes through bind unchanged", () => {
    const broken = {
      ...relu(data("x", 1)).op,
      shape: () => {
        throw new RangeError("a fault");
      },
    };
    expect(() => bind(broken, [], {})).toThrow(RangeError);
  });
});
