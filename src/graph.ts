/**
 * The graph underneath, for people who want a step of their own: write a function of tensors, differentiate it, and run it
 * as one ONNX graph.
 */
import { gradients as reverseSweep } from "./autodiff/index.ts";
import { type Shape, sizeOf, UsageError } from "./core/index.ts";
import { flattened } from "./descent/index.ts";
import { type DType, graph, input, type Tensor } from "./ir/index.ts";
import { lower, lowerWebgpu } from "./onnx/index.ts";
import type { Device, Runtime, Session, Value } from "./runtime/index.ts";
import { openRuntime } from "./runtime/node/index.ts";

export { Random, UsageError } from "./core/index.ts";
export {
  type Descended,
  type DescentOptions,
  descend,
  type Interpreted,
  interpret,
  type Solved,
  type SolveOptions,
  solve,
} from "./descent/index.ts";
export { constant, type Tensor, type TensorLike } from "./ir/index.ts";
export * from "./ops/index.ts";

/** Numbers for an input: a number, nested lists of equal lengths, a typed array (one axis), or data with a shape. */
export type Numbers = number | Nested | TypedNumbers | { readonly shape: Shape; readonly data: TypedNumbers };
export type Nested = readonly number[] | readonly Nested[];
export type TypedNumbers = Float32Array | Int32Array | Uint8Array;

/** An output: its numbers in row-major order. */
export interface Result {
  readonly shape: Shape;
  readonly data: Float32Array;
  /** The number of a result that has just one; NaN otherwise. */
  readonly value: number;
}

/**
 * ∂y/∂x for every x, under the names that they were given; differentiable again.
 * @param y a scalar
 * @throws UsageError when y is not a scalar
 */
export function gradients<Name extends string>(y: Tensor, wrt: Readonly<Record<Name, Tensor>>): Record<Name, Tensor> {
  const wanted = Object.keys(wrt) as Name[];
  const found = reverseSweep(
    y,
    wanted.map((name) => wrt[name]),
  );
  return Object.fromEntries(wanted.map((name, i) => [name, found[i]])) as Record<Name, Tensor>;
}

/**
 * Makes a function of tensors runnable on numbers. It is traced for the shapes of the first call, and again when a call
 * brings others.
 *
 * @example
 * const step = compile(({ w, b, x, y }) => {
 *   const loss = mean(square(sub(add(mul(w, x), b), y)));
 *   const { w: dw, b: db } = gradients(loss, { w, b });
 *   return { loss, dw, db };
 * });
 * const { loss, dw } = await step({ w: 0.8, b: 0.2, x: [1.5], y: [0.8] });
 */
export function compile<In extends string, Out extends string>(
  body: (inputs: Record<In, Tensor>) => Record<Out, Tensor>,
  options: { readonly device?: Device | "auto" } = {},
): (inputs: Readonly<Record<In, Numbers>>) => Promise<Record<Out, Result>> {
  const sessions = new Map<string, Promise<Session>>();
  let runtime: Promise<Runtime> | undefined;
  const build = async (values: Readonly<Record<string, Value>>) => {
    runtime ??= openRuntime(options.device ?? "auto");
    const tensors = Object.fromEntries(
      Object.entries(values).map(([name, { shape, dtype }]) => [
        name,
        input(IN + name, shape, { dtype: dtype as DType }),
      ]),
    );
    const outputs = renamed<Tensor>(body(onlyGiven(tensors) as unknown as Record<In, Tensor>), (name) => OUT + name);
    const traced = graph(outputs, Object.values(tensors));
    const opened = await runtime;
    const own = opened.device === "webgpu" ? lowerWebgpu(traced, "compiled") : undefined;
    return await opened.createSession(own ?? lower(traced, "compiled"));
  };
  return async (inputs) => {
    const values = Object.fromEntries(
      Object.entries<Numbers>(inputs).map(([name, numbers]) => [name, asValue(name, numbers)]),
    );
    const key = JSON.stringify(Object.entries(values).map(([name, { shape, dtype }]) => [name, shape, dtype]));
    const session = sessions.get(key) ?? build(values);
    sessions.set(key, session);
    session.catch(() => sessions.delete(key));
    const results = await (await session).run(renamed<Value>(values, (name) => IN + name));
    return Object.fromEntries(
      Object.entries(results).map(([name, { shape, data }]) => {
        const numbers = data instanceof Float32Array ? data : Float32Array.from(data as Int32Array);
        return [
          name.slice(OUT.length),
          { shape, data: numbers, value: numbers.length === 1 ? numbers[0] : Number.NaN },
        ];
      }),
    ) as Record<Out, Result>;
  };
}

// In a model file every value has one name: `w` may go in and come out again, and no name is one of the builder's own.
const IN = "in ";
const OUT = "out ";

function renamed<T>(values: Readonly<Record<string, T>>, name: (old: string) => string): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([old, value]) => [name(old), value]));
}

/** The inputs of a call; one that the function uses and the call does not give is named, instead of being undefined. */
function onlyGiven(tensors: Readonly<Record<string, object>>): Readonly<Record<string, object>> {
  return new Proxy(tensors, {
    get(target, name) {
      if (typeof name === "symbol" || Object.hasOwn(target, name)) return target[name as string];
      const given = Object.keys(target).join(", ") || "nothing";
      throw new UsageError(`input ${name}`, `the function uses it, but the call gives ${given}`, "give it as well");
    },
  });
}

function asValue(name: string, numbers: Numbers): Value {
  if (typeof numbers === "number") return { dtype: "float32", shape: [], data: Float32Array.of(numbers) };
  if (isTyped(numbers)) return typed(numbers, [numbers.length]);
  if (!Array.isArray(numbers)) {
    const { shape, data } = numbers as { shape: Shape; data: TypedNumbers };
    if (!Array.isArray(shape) || !isTyped(data)) {
      throw new UsageError(
        `input ${name}`,
        `it is ${numbers === null ? "null" : `a ${typeof numbers}`}, not numbers`,
        "give a number, nested lists of numbers, a typed array, or { shape, data }",
      );
    }
    if (sizeOf(shape) !== data.length) {
      throw new UsageError(
        `input ${name}`,
        `shape [${shape}] needs ${sizeOf(shape)} numbers but ${data.length} are given`,
        "make them agree",
      );
    }
    return typed(data, shape);
  }
  const { shape, data } = flattened(name, numbers as Nested);
  return { dtype: "float32", shape, data: Float32Array.from(data) };
}

const isTyped = (numbers: unknown): numbers is TypedNumbers => ArrayBuffer.isView(numbers);

function typed(data: TypedNumbers, shape: Shape): Value {
  const dtype = data instanceof Float32Array ? "float32" : data instanceof Int32Array ? "int32" : "uint8";
  return { dtype, shape, data };
}
