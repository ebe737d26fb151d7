import { type Graph, graph, type InputAttrs, input, type NDArray, Tensor, topological } from "../ir/index.ts";
import { evaluate } from "../reference/index.ts";
import type { Feeds } from "./arrays.ts";

/** A value as a function of one input, with everything that does not depend on that input computed once. */
export interface Part {
  /** The value at x. */
  at(x: NDArray): NDArray;
  /** All nodes between the input and the value, each after its inputs. */
  readonly nodes: readonly Tensor[];
  /** The values of the nodes and of their inputs at x. */
  valuesAt(x: NDArray): Map<Tensor, NDArray>;
}

/**
 * The part of a graph that lies between `x` and `root`. Differences evaluate it dozens of times for each input, and for
 * the last layer of a network it is a small part of the whole.
 */
export function partBetween(x: Tensor<InputAttrs>, root: Tensor, feeds: Feeds): Part {
  const dependent = new Map<Tensor, Tensor>([[x as Tensor, x as Tensor]]);
  const known = new Map<Tensor, Tensor<InputAttrs>>();
  const standIn = (tensor: Tensor): Tensor => {
    const own = dependent.get(tensor) ?? known.get(tensor);
    if (own !== undefined) return own as Tensor;
    const fixed = input(`#${known.size}`, tensor.shape, { dtype: tensor.dtype });
    known.set(tensor, fixed);
    return fixed as Tensor;
  };
  const nodes: Tensor[] = [];
  for (const tensor of topological([root])) {
    if (!tensor.inputs.some((operand) => dependent.has(operand))) continue;
    const { op, attrs, place } = tensor;
    const copy = new Tensor(op, tensor.inputs.map(standIn), attrs, tensor, place);
    dependent.set(tensor, copy);
    nodes.push(copy);
  }
  const end = standIn(root);
  const names = new Map([...known].map(([tensor, fixed]) => [fixed.attrs.name, tensor]));
  const fixed = evaluate(graph(Object.fromEntries(names)), feeds);

  const run = (traced: Graph, value: NDArray) => evaluate(traced, { ...fixed, [x.attrs.name]: value });
  const whole = graph({ value: end });
  const list = [x as Tensor, ...(known.values() as Iterable<Tensor>), ...nodes];
  const all = graph(Object.fromEntries(list.map((tensor, i) => [`${i}`, tensor])));
  return {
    nodes,
    at: (value) => run(whole, value).value,
    valuesAt: (value) => {
      const values = run(all, value);
      return new Map(list.map((tensor, i) => [tensor, values[i]]));
    },
  };
}
