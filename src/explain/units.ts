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

/** What flows through the network on the way to the scores, or to something behind them. */
export function unitsOf({ pixels, scores }: Traced, end: Tensor = scores): Units {
  const all = topological([end]).filter((tensor) => !isConstant(tensor));
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

/** Outputs: the value of each unit, and ∂total/∂ each of them that has a gradient. */
function unitOutputs({ steps, parameters }: Units, total: Tensor): Record<string, Tensor> {
  const wanted = [...steps, ...parameters];
  const differentiable = wanted.filter(hasGradient);
  const slopes = new Map(gradients(total, differentiable).map((slope, i) => [differentiable[i], slope]));
  const outputs: Record<string, Tensor> = {};
  wanted.forEach((tensor, i) => {
    if (!isInput(tensor)) outputs[valueName(i)] = tensor;
    const slope = slopes.get(tensor);
    if (slope !== undefined) outputs[gradientName(i)] = isLarge(tensor) ? sum(square(slope)) : slope;
  });
  return outputs;
}

/**
 * The value of each unit up to the loss, and ∂L/∂ each of them.
 * @param loss of each example [batch]; examples do not meet, so the gradient of their sum is each example's own
 */
export function lossUnitGraph(traced: Traced, loss: Tensor): Graph {
  return graph({ scores: traced.scores, ...unitOutputs(unitsOf(traced, loss), sum(loss)) });
}

/** The heat graph, with the value of each step and ∂s/∂ each step and parameter as outputs, too. */
export function unitGraph(traced: Traced, method: Method): Graph {
  const total = chosenScores(traced);
  return graph({
    scores: traced.scores,
    map: method.map(traced, total),
    ...unitOutputs(unitsOf(traced), total),
  });
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
 * What a run of `unitGraph`, or of `lossUnitGraph`, for one example gave.
 * @param known the example and the parameters, by their names in the graph
 * @param end the loss of each example, where the graph goes so far
 */
export function unitValues(
  traced: Traced,
  results: Values,
  known: Readonly<Record<string, ArrayLike<number>>>,
  end: Tensor = traced.scores,
): { readonly steps: readonly UnitValues[]; readonly parameters: readonly UnitValues[] } {
  const { steps, parameters } = unitsOf(traced, end);
  const valuesOf = (tensor: Tensor, i: number): UnitValues => {
    const data = results[gradientName(i)]?.data as Float32Array | undefined;
    return {
      tensor,
      shape: i < steps.length ? tensor.shape.slice(1) : tensor.shape,
      value: isInput(tensor) ? known[tensor.attrs.name] : (results[valueName(i)].data as ArrayLike<number>),
      gradient: data !== undefined && isLarge(tensor) ? { norm: Math.sqrt(data[0]) } : data,
    };
  };
  return {
    steps: steps.map((tensor, i) => valuesOf(tensor, i)),
    parameters: parameters.map((tensor, i) => valuesOf(tensor, steps.length + i)),
  };
}
