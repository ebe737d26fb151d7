import { formatShape, type Shape } from "../core/index.ts";
import type { Emit } from "./emit.ts";
import type { DType, NDArray, TensorType } from "./types.ts";

/* A tensor names the op that made it, and an op is a set of rules on tensors: the two types need each other. */

/** Where in the model a node was made: the scope path (`features.3`), and whether the reverse sweep made it. */
export interface Place {
  readonly scope: string;
  readonly backward: boolean;
}

/**
 * A value in a graph that is being traced: the op that makes it, the op's inputs, and the type of the result. There is
 * no data in it. A node has exactly one output, so node and tensor are one thing.
 */
export class Tensor<A = unknown> implements TensorType {
  readonly op: Op<A>;
  readonly inputs: readonly Tensor[];
  readonly attrs: A;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly place: Place;

  constructor(op: Op<A>, inputs: readonly Tensor[], attrs: A, type: TensorType, place: Place) {
    this.op = op;
    this.inputs = inputs;
    this.attrs = attrs;
    this.shape = type.shape;
    this.dtype = type.dtype;
    this.place = place;
  }

  get rank(): number {
    return this.shape.length;
  }

  toString(): string {
    return `${this.op.name} ${this.dtype}${formatShape(this.shape)}`;
  }
}

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

/** Freezes a unit; the type parameter gives its functions their types. */
export function defineOp<A = Record<string, never>>(op: Op<A>): Op<A> {
  return Object.freeze(op);
}
