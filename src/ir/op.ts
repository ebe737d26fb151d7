import type { Emit } from "./emit.ts";
import type { Tensor } from "./tensor.ts";
import type { NDArray, TensorType } from "./types.ts";

/** How the conformance suite draws one input of a sample. */
export interface SampleInput {
  readonly shape: readonly number[];
  readonly dtype?: TensorType["dtype"];
  /** Values are uniform in [low, high); [-2, 2) unless said. Integers are drawn from the same range. */
  readonly range?: readonly [number, number];
  /** Exact values instead of random ones: kinks, ties, extremes. */
  readonly values?: readonly number[];
  /** Values closer than 0.05 to one of these points are moved away: the kinks of the function. */
  readonly avoid?: readonly number[];
  /** All values differ by at least 0.01: keeps a maximum away from its ties. */
  readonly distinct?: boolean;
}

export interface Sample<A> {
  readonly inputs: readonly SampleInput[];
  readonly attrs: A;
  /** Why the derivative is not compared with differences here (a kink on purpose): the values still are. */
  readonly noGradient?: string;
}

export interface VjpContext<A> {
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
  readonly attrs: A;
  /** Which inputs need a cotangent; a rule may leave out the work for the others. */
  readonly needs: readonly boolean[];
}

/**
 * One unit: everything about an operation, in one value. `A` are its attributes (plain data that is known when the graph
 * is traced: axes, strides), never tensors.
 */
export interface Op<A = Record<string, never>> {
  readonly name: string;
  /** The pure rule on shapes and dtypes, and the only validation; it refuses with `reject(what, fix)`. */
  shape(inputs: readonly TensorType[], attrs: A): TensorType;
  /** The definition: plain float64, slow and obvious. */
  evaluate(inputs: readonly NDArray[], attrs: A, output: TensorType): NDArray;
  /**
   * Cotangents of the inputs, made of ops, so that they can be differentiated again; null where nothing flows. A
   * cotangent may have the broadcast shape: the engine sums it back.
   */
  vjp(cotangent: Tensor, context: VjpContext<A>): readonly (Tensor | null)[];
  /** Adds ONNX nodes and returns the name of the value that holds the output. */
  lower(emit: Emit, inputs: readonly string[], node: Tensor<A>): string;
  readonly samples: readonly Sample<A>[];
}

/** Thrown by shape rules; `bind` adds the place and makes it a UsageError. */
export class Rejection extends Error {
  readonly fix: string;
  constructor(what: string, fix: string) {
    super(what);
    this.fix = fix;
  }
}

/** Refuses the inputs of an op: what is wrong with both values, and how to mend it. */
export function reject(what: string, fix: string): never {
  throw new Rejection(what, fix);
}

/** Freezes a unit; the type parameter gives its functions their types. */
export function defineOp<A = Record<string, never>>(op: Op<A>): Op<A> {
  return Object.freeze(op);
}
