import { InternalError, type Shape, UsageError } from "../core/index.ts";
import { type Op, type Place, Tensor } from "./node.ts";
import { Rejection } from "./reject.ts";
import type { DType, Role, TensorType } from "./types.ts";

/** A tensor, or a number that takes the dtype of the tensor it meets. */
export type TensorLike = Tensor | number;

// The place of new nodes. It is set only inside the synchronous extent of `scoped` and `placed`, which restore it.
let current: Place = { scope: "", backward: false };

/** Runs `body` with `name` appended to the scope path of the nodes it makes. */
export function scoped<T>(name: string, body: () => T): T {
  return placed({ scope: current.scope ? `${current.scope}.${name}` : name, backward: current.backward }, body);
}

/** Runs `body` with exactly this place for the nodes it makes: the reverse sweep gives a node's place to its adjoints. */
export function placed<T>(place: Place, body: () => T): T {
  const before = current;
  current = place;
  try {
    return body();
  } finally {
    current = before;
  }
}

/** The scope path in force. */
export function currentScope(): string {
  return current.scope;
}

/**
 * Makes the node that applies `op`.
 * @throws UsageError naming the op and its scope when the op's shape rule refuses
 */
export function bind<A>(op: Op<A>, inputs: readonly Tensor[], attrs: A): Tensor {
  let type: TensorType;
  try {
    type = op.shape(inputs, attrs);
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    const at = current.scope || inputs.find((input) => input.place.scope)?.place.scope;
    throw new UsageError(at ? `${op.name} at ${at}` : op.name, error.message, error.fix);
  }
  return new Tensor(op, inputs, attrs, type, current) as Tensor;
}

const outsideAlgebra = (name: string) => ({
  evaluate: (): never => {
    throw new InternalError(`${name} was evaluated as an operation`);
  },
  vjp: () => [],
  lower: (): never => {
    throw new InternalError(`${name} was lowered as an operation`);
  },
  samples: [],
});

export interface InputAttrs extends TensorType {
  readonly name: string;
  readonly role: Role;
}

/** A named input of the graph: a parameter, an optimizer slot, the batch, a rank-0 scalar such as the learning rate. */
export const inputOp: Op<InputAttrs> = {
  name: "input",
  shape: (_, { shape, dtype }) => ({ shape, dtype }),
  ...outsideAlgebra("an input"),
};

export function input(name: string, shape: Shape, options: { dtype?: DType; role?: Role } = {}): Tensor<InputAttrs> {
  const attrs: InputAttrs = { name, shape, dtype: options.dtype ?? "float32", role: options.role ?? "data" };
  return bind(inputOp, [], attrs) as Tensor<InputAttrs>;
}

export function isInput(tensor: Tensor): tensor is Tensor<InputAttrs> {
  return tensor.op === (inputOp as Op<unknown>);
}

export interface ConstantAttrs extends TensorType {
  readonly data: Float64Array;
}

/** Numbers known when the graph is traced. What may change from step to step is an input instead. */
export const constantOp: Op<ConstantAttrs> = {
  name: "constant",
  shape: (_, { shape, dtype }) => ({ shape, dtype }),
  ...outsideAlgebra("a constant"),
};

export function constant(
  values: number | readonly number[] | Float64Array,
  shape?: Shape,
  dtype: DType = "float32",
): Tensor {
  const data = typeof values === "number" ? Float64Array.of(values) : Float64Array.from(values);
  const attrs = { data, shape: shape ?? (typeof values === "number" ? [] : [data.length]), dtype };
  return bind(constantOp, [], attrs);
}

export function isConstant(tensor: Tensor): tensor is Tensor<ConstantAttrs> {
  return tensor.op === (constantOp as Op<unknown>);
}

/** Turns a number into a constant of the dtype of `beside`. */
export function lift(value: TensorLike, beside: TensorLike = 0): Tensor {
  if (value instanceof Tensor) return value;
  return constant(value, [], beside instanceof Tensor && beside.dtype !== "bool" ? beside.dtype : "float32");
}
