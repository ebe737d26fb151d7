import type { Choice, Ranges, Shape } from "../core/index.ts";
import type { Tensor } from "../ir/index.ts";
import type { Parameter } from "../space/index.ts";

/** What an optimizer may know of a parameter when it decides what to remember of it. */
export interface ParameterFacts {
  readonly shape: Shape;
  /** Weights are decayed, biases are not. */
  readonly role: "weight" | "bias";
}

/** One parameter's part of an update. */
export interface UpdateInputs {
  readonly parameter: Tensor;
  readonly role: ParameterFacts["role"];
  readonly gradient: Tensor;
  /** The optimizer's memory of this parameter, by slot name, of the parameter's shape. */
  readonly slots: Readonly<Record<string, Tensor>>;
  /** What `scalars` returned for this step, as rank-0 inputs. */
  readonly scalars: Readonly<Record<string, Tensor>>;
}

export interface Update {
  readonly parameter: Tensor;
  readonly slots: Readonly<Record<string, Tensor>>;
}

/** A way downhill: from the gradient to the next value of a parameter. */
export interface Optimizer<Options extends object = object> {
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  /** `learningRate` is the default that suits this optimizer. */
  readonly defaults: Options & { readonly learningRate: number };
  /** Where the numbers among the options make sense. */
  readonly ranges?: Ranges;
  /** What a search may choose an option from, by the option's name: what people use, not all that makes sense. */
  readonly space?: Readonly<Record<string, Parameter>>;
  /** The options of `space` with which a search begins unless it is told more; all of them unless said. */
  readonly searchFirst?: readonly string[];
  /**
   * The options that shape the graph, each with what it adds: of a number it matters whether it is 0, and no more. Every
   * other option acts through `scalars` alone, so that a search over its values never rebuilds a graph.
   */
  readonly structural?: Readonly<Record<string, string>>;
  /** Each update sees the whole training set at once instead of a batch. */
  readonly fullBatch?: true;
  /** What is remembered of a parameter, each of its shape; it starts at 0 unless `initialSlot` says otherwise. */
  slots(options: Options, parameter: ParameterFacts): readonly string[];
  initialSlot?(options: Options, slot: string): number;
  /**
   * The numbers of one step, in float64 on the host: 1 − 0.999ᵗ in float32 is wrong in the fifth digit already. A pure
   * function, whose names depend on the structural options alone.
   * @param step counts from 1
   */
  scalars(options: Options, learningRate: number, step: number): Readonly<Record<string, number>>;
  /** The update rule, made of ops, so that it becomes part of the step's graph. Its slots and scalars tell it the options. */
  update(inputs: UpdateInputs): Update;
}

export type OptimizerChoice = Choice<"optimizer">;
