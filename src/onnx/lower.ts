import { type Graph, isConstant, isInput, type Tensor, topological } from "../ir/index.ts";
import { ModelBuilder, type Target } from "./builder.ts";
import { begunName, partName } from "./part.ts";

/**
 * Adds a traced graph to a model under construction.
 * @param feeds values that stand for the graph's inputs, by input name
 * @returns the names of the values that hold the graph's outputs
 */
export function lowerInto(
  builder: ModelBuilder,
  graph: Graph,
  feeds: Readonly<Record<string, string>>,
): Record<string, string> {
  const names = new Map<Tensor, string>();
  const order = topological(Object.values(graph.outputs));
  const readers = new Map<Tensor, Tensor[]>(order.map((tensor) => [tensor, []]));
  for (const tensor of order) for (const read of tensor.inputs) readers.get(read)?.push(tensor);
  builder.readers = readers;
  for (const tensor of order) {
    builder.place = tensor.place;
    names.set(tensor, lowerOne(builder, tensor, names, feeds));
  }
  builder.place = { scope: "", backward: false };
  return Object.fromEntries(Object.entries(graph.outputs).map(([name, tensor]) => [name, names.get(tensor)!]));
}

function lowerOne(
  builder: ModelBuilder,
  tensor: Tensor,
  names: ReadonlyMap<Tensor, string>,
  feeds: Readonly<Record<string, string>>,
): string {
  if (isInput(tensor)) return feeds[tensor.attrs.name];
  if (isConstant(tensor)) return builder.constant(tensor.attrs.data, tensor.shape, tensor.dtype);
  const inputs = tensor.inputs.map((input) => names.get(input)!);
  return tensor.op.lower(builder, inputs, tensor);
}

function lowerFor(target: Target, graph: Graph, name: string) {
  const builder = new ModelBuilder(target);
  const feeds: Record<string, string> = {};
  for (const { attrs } of graph.inputs) feeds[attrs.name] = builder.input(attrs.name, attrs.dtype, attrs.shape);
  const values = lowerInto(builder, graph, feeds);
  for (const [output, tensor] of Object.entries(graph.outputs)) {
    const grown = builder.grown?.get(values[output]);
    if (grown === undefined) {
      builder.output(output, values[output], tensor.dtype, tensor.shape);
    } else {
      for (const [index, part] of grown.parts.entries()) {
        const own = partName(output, { index, count: grown.parts.length });
        builder.output(begunName(own, grown.over), part.begun, tensor.dtype, grown.shape);
        builder.output(own, part.name, tensor.dtype, grown.shape);
      }
    }
  }
  return { builder, model: () => builder.finish(name) };
}

/** The model file of a traced graph: its inputs, in order, to its outputs. */
export const lower = (graph: Graph, name: string): Uint8Array<ArrayBuffer> => lowerFor("portable", graph, name).model();

/** The same for native ONNX Runtime alone; undefined where its own operators are of no use to the graph. */
export function lowerNative(graph: Graph, name: string): Uint8Array<ArrayBuffer> | undefined {
  const { builder, model } = lowerFor("native", graph, name);
  return builder.blocks?.size === 0 && builder.grown?.size === 0 ? undefined : model();
}

/** The same for WebGPU; undefined where every operator of the standard form can be computed there. */
export function lowerWebgpu(graph: Graph, name: string): Uint8Array<ArrayBuffer> | undefined {
  const { builder, model } = lowerFor("webgpu", graph, name);
  return builder.parts?.size === 0 ? undefined : model();
}
