import { type Graph, graph, input, type NDArray, type Tensor } from "../ir/index.ts";
import { evaluate } from "../reference/index.ts";
import { asArrays, type Numbers } from "./numbers.ts";

/** An output: its numbers in row-major order, in float64. */
export interface Interpreted extends NDArray {
  /** The number of a result that has just one; NaN otherwise. */
  readonly value: number;
}

/**
 * Makes a function of tensors a function of numbers, in float64: every op's definition, one after the other. Slow, exact,
 * and at once; `compile` runs the same function as one ONNX graph. It is traced for the shapes of the first call, and again
 * when a call brings others.
 *
 * @example
 * const line = interpret(({ w, b, x }) => ({ y: add(mul(w, x), b) }));
 * line({ w: 0.8, b: 0.2, x: 1.5 }).y.value; // 1.4
 */
export function interpret<In extends string, Out extends string>(
  body: (inputs: Record<In, Tensor>) => Record<Out, Tensor>,
): (inputs: Readonly<Record<In, Numbers>>) => Record<Out, Interpreted> {
  const traced = new Map<string, Graph>();
  return (inputs) => {
    const feeds = asArrays(inputs);
    const key = JSON.stringify(Object.entries(feeds).map(([name, { shape }]) => [name, shape]));
    let found = traced.get(key);
    if (found === undefined) {
      const tensors = Object.entries(feeds).map(([name, { shape }]) => [name, input(name, shape)] as const);
      found = graph(body(Object.fromEntries(tensors) as unknown as Record<In, Tensor>));
      traced.set(key, found);
    }
    return mapped(evaluate(found, feeds), interpreted) as Record<Out, Interpreted>;
  };
}

export const interpreted = ({ shape, data }: NDArray): Interpreted => ({
  shape,
  data,
  value: data.length === 1 ? data[0] : Number.NaN,
});

export function mapped<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
