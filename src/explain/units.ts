/** The units of a network, and a graph that gives the value and the gradient of each. */
import { gradients } from "../autodiff/index.ts";
import { sizeOf } from "../core/index.ts";
import { type Graph, graph, isConstant, isInput, type Tensor, topological } from "../ir/index.ts";
import { square, sum } from "../ops/index.ts";
import type { Values } from "../runtime/index.ts";
import { chosenScores } from "./heat.ts";
import type { Method } from "./methods.ts";
import type { Traced } from "./traced.ts";

/** Gradients of parameters with more numbers than this are not fetched, only their norms: nobody sees 16 MB in a figure. */
const LARGE = 2 ** 22;

export interface Units {
  /** What the network computes, in forward order; the first is its input. */
  readonly steps: readonly Tensor[];
  /** What it has learned, in the order of use; the weights of a convolution with batch norm as they are used. */
  readonly parameters: readonly Tensor[];
}

/** What flows through the network on the way to the scores. */
export function unitsOf({ pixels, scores }: Traced): Units {
  const all = topological([scores]).filter((tensor) => !isConstant(tensor));
  // What depends on the example, and what such a step takes that does not.
  const flowing = new Set<Tensor>([pixels as Tensor]);
  for (const tensor of all) if (tensor.inputs.some((operand) => flowing.has(operand))) flowing.add(tensor);
  const steps = all.filter((tensor) => flowing.has(tensor));
  const taken = new Set(steps.flatMap(({ inputs }) => inputs));
  return { steps, parameters: all.filter((tensor) => !flowing.has(tensor) && taken.has(tensor)) };
}

const hasGradient = ({ dtype }: Tensor) => dtype === "float32" || dtype === "float64";
const isLarge = ({ shape }: Tensor) => sizeOf(shape) > LARGE;
const valueName = (i: number) => `value ${i}`;
const gradientName = (i: number) => `gradient ${i}`;

/** The heat graph, with the value of each step and ∂s/∂ each step and parameter as outputs, too. */
export function unitGraph(traced: Traced, method: Method): Graph {
  const { steps, parameters } = unitsOf(traced);
  const total = chosenScores(traced);
  const wanted = [...steps, ...parameters];
  const differentiable = wanted.filter(hasGradient);
  const slopes = new Map(gradients(total, differentiable).map((slope, i) => [differentiable[i], slope]));
  const outputs: Record<string, Tensor> = { scores: traced.scores, map: method.map(traced, total) };
  wanted.forEach((tensor, i) => {
    if (!isInput(tensor)) outputs[valueName(i)] = tensor;
    const slope = slopes.get(tensor);
    if (slope !== undefined) outputs[gradientName(i)] = isLarge(tensor) ? sum(square(slope)) : slope;
  });
  return graph(outputs);
}

/** Numbers of a unit, without the axis of the batch. */
export interface UnitValues {
  readonly tensor: Tensor;
  readonly shape: readonly number[];
  readonly value: ArrayLike<number>;
  /** ∂s/∂unit; the norm alone for very large parameters, undefined for bytes, which have none. */
  readonly gradient: Float32Array | { readonly norm: number } | undefined;
}

/**
 * What a run of `unitGraph` for one example gave.
 * @param known the example and the parameters, by their names in the graph
 */
export function unitValues(
  traced: Traced,
  results: Values,
  known: Readonly<Record<string, ArrayLike<number>>>,
): { readonly steps: readonly UnitValues[]; readonly parameters: readonly UnitValues[] } {
  const { steps, parameters } = unitsOf(traced);
  const valuesOf = (tensor: Tensor, i: number): UnitValues => {
    const data = results[gradientName(i)]?.data as Float32Array | undefined;
    return {
      tensor,
      shape: i < steps.length ? tensor.shape.slice(1) : tensor.shape,
      value: isInput(tensor) ? known[tensor.attrs.name] : (results[valueName(i)].data as Float32Array),
      gradient: data !== undefined && isLarge(tensor) ? { norm: Math.sqrt(data[0]) } : data,
    };
  };
  return {
    steps: steps.map((tensor, i) => valuesOf(tensor, i)),
    parameters: parameters.map((tensor, i) => valuesOf(tensor, steps.length + i)),
  };
}
