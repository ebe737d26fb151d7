import { formatShape, sameShape, UsageError } from "../core/index.ts";
import type { Tensor } from "./node.ts";
import { type InputAttrs, isConstant, isInput } from "./trace.ts";

/** A traced function: named inputs to named outputs. */
export interface Graph {
  readonly inputs: readonly Tensor<InputAttrs>[];
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** Every tensor that `roots` depend on, each after its inputs. Iterative: deep networks must not overflow the stack. */
export function topological(roots: readonly Tensor[]): Tensor[] {
  const order: Tensor[] = [];
  const state = new Set<Tensor>();
  const stack: { tensor: Tensor; next: number }[] = [];
  for (const root of roots) {
    if (state.has(root)) continue;
    state.add(root);
    stack.push({ tensor: root, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      const child = top.tensor.inputs[top.next++];
      if (child === undefined) {
        order.push(top.tensor);
        stack.pop();
      } else if (!state.has(child)) {
        state.add(child);
        stack.push({ tensor: child, next: 0 });
      }
    }
  }
  return order;
}

/**
 * Closes a traced function. Inputs are those that the outputs reach, in the order of `declared` where given (a declared
 * input that nothing uses is still an input: the caller feeds it).
 */
export function graph(outputs: Readonly<Record<string, Tensor>>, declared: readonly Tensor<InputAttrs>[] = []): Graph {
  const inputs = new Map<string, Tensor<InputAttrs>>(declared.map((tensor) => [tensor.attrs.name, tensor]));
  for (const tensor of topological(Object.values(outputs))) {
    if (!isInput(tensor)) continue;
    const { name } = tensor.attrs;
    const earlier = inputs.get(name);
    if (earlier !== undefined && earlier !== tensor) {
      throw new UsageError(`input ${name}`, "two different inputs have this name", "give each input a name of its own");
    }
    inputs.set(name, tensor);
  }
  return { inputs: [...inputs.values()], outputs };
}

/**
 * Prints a graph, one node a line, in an order and with numbers that depend on the structure alone:
 * `%2 float32[2,3] = add(x, %1) @hidden1`. A `'` after the scope marks a node of the reverse sweep.
 */
export function print({ inputs, outputs }: Graph): string {
  const names = new Map<Tensor, string>();
  const lines: string[] = [];
  for (const tensor of inputs) {
    names.set(tensor, tensor.attrs.name);
    lines.push(`${tensor.attrs.name}: ${tensor.attrs.role} ${tensor.dtype}${formatShape(tensor.shape)}`);
  }
  let count = 0;
  for (const tensor of topological(Object.values(outputs))) {
    if (isInput(tensor)) continue;
    if (isConstant(tensor) && tensor.attrs.data.length === 1) {
      names.set(tensor, `${tensor.attrs.data[0]}`);
      continue;
    }
    const name = `%${count++}`;
    names.set(tensor, name);
    const attrs = isConstant(tensor) ? ` {${tensor.attrs.data.length} values}` : printAttrs(tensor.attrs);
    const place =
      tensor.place.scope || tensor.place.backward ? ` @${tensor.place.scope}${tensor.place.backward ? "'" : ""}` : "";
    const operands = tensor.inputs.map((operand) => names.get(operand)).join(", ");
    lines.push(`${name} ${tensor.dtype}${formatShape(tensor.shape)} = ${tensor.op.name}(${operands})${attrs}${place}`);
  }
  for (const [name, tensor] of Object.entries(outputs)) lines.push(`return ${name} = ${names.get(tensor)}`);
  return lines.join("\n");
}

function printAttrs(attrs: unknown): string {
  const entries = Object.entries(attrs as Record<string, unknown>);
  return entries.length === 0
    ? ""
    : ` {${entries.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(", ")}}`;
}

/**
 * The law of a legal graph, checked after it is built and after each pass: every node's type is what its op's shape rule
 * says of its inputs, and every input has one name.
 */
export function verify({ inputs, outputs }: Graph): void {
  const known = new Set<Tensor>(inputs);
  for (const tensor of topological(Object.values(outputs))) {
    if (isInput(tensor)) {
      if (!known.has(tensor))
        throw new UsageError(`input ${tensor.attrs.name}`, "is not among the graph's inputs", "declare it");
      continue;
    }
    const type = tensor.op.shape(tensor.inputs, tensor.attrs);
    if (type.dtype !== tensor.dtype || !sameShape(type.shape, tensor.shape)) {
      const says = `${type.dtype}${formatShape(type.shape)}`;
      throw new UsageError(
        `${tensor.op.name} at ${tensor.place.scope}`,
        `is ${tensor}, but its rule says ${says}`,
        "bind it again",
      );
    }
  }
}
