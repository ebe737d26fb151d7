import { formatShape, InternalError, sameShape, sizeOf, UsageError } from "../core/index.ts";
import { type Graph, isConstant, isInput, type NDArray, type Tensor, topological } from "../ir/index.ts";

/**
 * The float64 interpreter: runs every op's `evaluate`, one node after the other. Slow and obvious: it is the truth that
 * the tests hold the ONNX lowering against, and the engine of toy problems.
 * @throws UsageError when an input is missing or has another shape
 */
export function evaluate(graph: Graph, feeds: Readonly<Record<string, NDArray>>): Record<string, NDArray> {
  const values = new Map<Tensor, NDArray>();
  let order = orders.get(graph);
  if (order === undefined) {
    order = topological(Object.values(graph.outputs));
    orders.set(graph, order);
  }
  for (const tensor of order) {
    values.set(tensor, compute(tensor, values, feeds));
  }
  return Object.fromEntries(Object.entries(graph.outputs).map(([name, tensor]) => [name, values.get(tensor)!]));
}

/** A toy is evaluated thousands of times, and its order stays the same. */
const orders = new WeakMap<Graph, readonly Tensor[]>();

function compute(tensor: Tensor, values: Map<Tensor, NDArray>, feeds: Readonly<Record<string, NDArray>>): NDArray {
  if (isConstant(tensor)) return { shape: tensor.shape, data: tensor.attrs.data };
  if (isInput(tensor)) {
    const { name } = tensor.attrs;
    const value = feeds[name];
    if (value === undefined)
      throw new UsageError(`input ${name}`, "is not fed", `give a value of shape ${formatShape(tensor.shape)}`);
    if (!sameShape(value.shape, tensor.shape)) {
      const what = `has shape ${formatShape(value.shape)} but the graph was traced for ${formatShape(tensor.shape)}`;
      throw new UsageError(`input ${name}`, what, "feed that shape or trace the graph again");
    }
    return value;
  }
  const inputs = tensor.inputs.map((input) => values.get(input)!);
  const result = tensor.op.evaluate(inputs, tensor.attrs, tensor);
  if (!sameShape(result.shape, tensor.shape) || result.data.length !== sizeOf(tensor.shape)) {
    throw new InternalError(
      `${tensor.op.name} evaluated to ${formatShape(result.shape)}, not ${formatShape(tensor.shape)}`,
    );
  }
  return result;
}
