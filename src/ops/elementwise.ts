/**
 * What elementwise units share: the shape rules, the loops of the reference, and the lowering. A unit built
 * with these still states everything that is its own: formula, derivative, samples.
 */
import { broadcastShapes, formatShape, sameShape, sizeOf, stridesOf } from "../core/index.ts";
import {
  bind,
  type DType,
  defineOp,
  type Emit,
  lift,
  type NDArray,
  type Op,
  reject,
  type Sample,
  type Tensor,
  type TensorLike,
  type TensorType,
} from "../ir/index.ts";
import { elementwiseBlocked, type Joined } from "./blocked.ts";

type None = Record<string, never>;
export const none: None = {};

/** The slope that makes a step of HardSigmoid: whatever is not 0, and no denormal number, becomes 0 or 1. */
export const GREATEST_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;

export function isFloat(type: TensorType): boolean {
  return type.dtype === "float32" || type.dtype === "float64";
}

export function requireFloat(type: TensorType): void {
  if (!isFloat(type)) reject(`the input is ${type.dtype}${formatShape(type.shape)}`, "cast it to float32 first");
}

/** The common type of two operands under broadcasting. */
export function broadcastType(a: TensorType, b: TensorType): TensorType {
  if (a.dtype !== b.dtype) reject(`the operands are ${a.dtype} and ${b.dtype}`, "cast one to the dtype of the other");
  const shape = broadcastShapes(a.shape, b.shape);
  if (shape === undefined) {
    const shapes = `${formatShape(a.shape)} and ${formatShape(b.shape)}`;
    reject(`the shapes ${shapes} do not broadcast`, "sizes must be equal or 1, counted from the last axis");
  }
  return { shape, dtype: a.dtype };
}

/** For each element of `shape` in order, the position of the element of `operand` that broadcasts to it. */
export function broadcastIndices(operand: readonly number[], shape: readonly number[]): Int32Array {
  const strides = stridesOf(operand);
  const offset = shape.length - operand.length;
  const out = new Int32Array(sizeOf(shape));
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0; i < out.length; i++) {
    let position = 0;
    for (let axis = 0; axis < operand.length; axis++) {
      if (operand[axis] !== 1) position += index[axis + offset] * strides[axis];
    }
    out[i] = position;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
  return out;
}

export function mapBinary(a: NDArray, b: NDArray, output: TensorType, f: (x: number, y: number) => number): NDArray {
  const data = new Float64Array(sizeOf(output.shape));
  // Plain loops: toys are evaluated thousands of times, and Float64Array.from costs several times as much.
  if (a.data.length === data.length && b.data.length === data.length) {
    for (let i = 0; i < data.length; i++) data[i] = f(a.data[i], b.data[i]);
  } else {
    const left = broadcastIndices(a.shape, output.shape);
    const right = broadcastIndices(b.shape, output.shape);
    for (let i = 0; i < data.length; i++) data[i] = f(a.data[left[i]], b.data[right[i]]);
  }
  return { shape: output.shape, data };
}

interface UnaryUnit {
  readonly name: string;
  /** The ONNX operator, or how several of them make the unit. */
  readonly onnx: string | ((emit: Emit, x: string, dtype: DType) => string);
  readonly evaluate: (x: number) => number;
  readonly vjp: (cotangent: Tensor, x: Tensor, y: Tensor) => Tensor | null;
  readonly samples: readonly Sample<None>[];
  /** In the blocked layout. */
  readonly joined?: Joined;
}

/** A unit y = f(x), element by element, of a floating dtype. */
export function unary(unit: UnaryUnit): Op {
  return defineOp({
    name: unit.name,
    shape: ([x]) => {
      requireFloat(x);
      return { shape: x.shape, dtype: x.dtype };
    },
    evaluate: ([x]) => ({ shape: x.shape, data: x.data.map((value) => unit.evaluate(value)) }),
    vjp: (cotangent, { inputs, output }) => [unit.vjp(cotangent, inputs[0], output)],
    lower: (emit, [x], { dtype, shape }) => {
      const apply = (value: string) =>
        typeof unit.onnx === "string" ? emit.node(unit.onnx, [value]) : unit.onnx(emit, value, dtype);
      const type = { shape, dtype };
      return elementwiseBlocked(emit, [x], [type], type, ([twin]) => apply(twin), unit.joined) ?? apply(x);
    },
    samples: unit.samples,
  });
}

interface BinaryUnit {
  readonly name: string;
  /** The ONNX operator, or how several of them make the unit. */
  readonly onnx: string | ((emit: Emit, inputs: readonly string[], output: Tensor) => string);
  readonly evaluate: (x: number, y: number) => number;
  readonly vjp: (
    cotangent: Tensor,
    a: Tensor,
    b: Tensor,
    output: Tensor,
    needs: readonly boolean[],
  ) => readonly (Tensor | null)[];
  readonly samples: readonly Sample<None>[];
  /** In the blocked layout. */
  readonly joined?: Joined;
  /** Compares: the output is bool. */
  readonly compares?: true;
}

/** A unit z = f(x, y), element by element with broadcasting. */
export function binary(unit: BinaryUnit): Op {
  return defineOp({
    name: unit.name,
    shape: ([a, b]) => {
      const type = broadcastType(a, b);
      if (unit.compares) return { shape: type.shape, dtype: "bool" };
      requireFloat(type);
      return type;
    },
    evaluate: ([a, b], _, output) => mapBinary(a, b, output, unit.evaluate),
    vjp: (cotangent, { inputs, output, needs }) => unit.vjp(cotangent, inputs[0], inputs[1], output, needs),
    lower: (emit, inputs, output) => {
      const apply = (names: readonly string[]) =>
        typeof unit.onnx === "string" ? emit.node(unit.onnx, names) : unit.onnx(emit, names, output);
      return elementwiseBlocked(emit, inputs, output.inputs, output, apply, unit.joined) ?? apply(inputs);
    },
    samples: unit.samples,
  });
}

export function applyUnary(op: Op, x: TensorLike): Tensor {
  return bind(op, [lift(x)], none);
}

/** Numbers take the dtype of the other operand. */
export function applyBinary(op: Op, a: TensorLike, b: TensorLike): Tensor {
  const [x, y] = [lift(a, b), lift(b, a)];
  // One of the two keeps the full shape.
  const left = unrepeated(x, y);
  return bind(op, [left, left === x ? unrepeated(y, x) : y], none);
}

/** x before it was repeated to a shape that the result has anyway: saves writing the repetition out. */
function unrepeated(x: Tensor, other: Tensor): Tensor {
  if (x.op.name !== "broadcastTo") return x;
  const [whole, without] = [x, x.inputs[0]].map(({ shape }) => broadcastShapes(shape, other.shape));
  return whole !== undefined && without !== undefined && sameShape(whole, without) ? x.inputs[0] : x;
}

/** The samples of every elementwise unit of two operands: equal shapes, broadcasting both ways, a scalar, an empty axis. */
export function broadcastSamples(options: Partial<Sample<None>["inputs"][number]> = {}): Sample<None>[] {
  const pairs = [
    [
      [3, 4],
      [3, 4],
    ],
    [[3, 4], [4]],
    [
      [2, 1, 4],
      [3, 1],
    ],
    [[], [2, 3]],
    [[0, 3], [3]],
  ];
  return pairs.map((shapes) => ({ attrs: none, inputs: shapes.map((shape) => ({ ...options, shape })) }));
}
