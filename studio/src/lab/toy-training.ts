/** Training a small network in float64, in this thread: the step graph that `argmin train` runs, evaluated by its definition. */
import { choose, sizeOf } from "../../../src/core/index.ts";
import { graph, type NDArray } from "../../../src/ir/index.ts";
import { initialize } from "../../../src/nn/index.ts";
import { optimizers } from "../../../src/optimizers/index.ts";
import { evaluate } from "../../../src/reference/index.ts";
import { regularizers } from "../../../src/regularizers/index.ts";
import { names, network, type Recipe, slotsOf, stepGraph } from "../../../src/train/index.ts";

export interface Rows {
  /** [count, width] */
  readonly values: Float64Array;
  readonly labels: readonly number[];
}

/** Parameters and the optimizer's memory by name. */
export type ToyState = Readonly<Record<string, NDArray>>;

export interface ToyStep {
  readonly state: ToyState;
  /** The mean over the rows before the update, without the penalties; of the last state not known until a step more is taken. */
  readonly loss: number;
}

/** The same whole batch at each step. States are kept, so that going back costs nothing. */
export class ToyTraining {
  readonly #recipe: Recipe;
  readonly #graph: ReturnType<typeof stepGraph>;
  readonly #feeds: Record<string, NDArray>;
  readonly #states: ToyState[];
  readonly #losses: number[] = [];
  readonly #scorers = new Map<number, ReturnType<typeof graph>>();

  /** @param recipe of the kind "numbers" */
  constructor(recipe: Recipe, rows: Rows, seed = 1) {
    const count = rows.labels.length;
    this.#recipe = recipe;
    this.#graph = stepGraph(recipe, count);
    const { parameters } = network(recipe, 1, "training");
    const first = initialize(parameters, seed);
    const state: Record<string, NDArray> = {};
    for (const { name, shape } of parameters) state[name] = { shape, data: Float64Array.from(first[name]) };
    for (const { name, shape, start } of slotsOf(recipe, parameters)) {
      state[name] = { shape, data: new Float64Array(sizeOf(shape)).fill(start) };
    }
    this.#states = [state];
    this.#feeds = {
      features: { shape: [count, recipe.width], data: rows.values },
      labels: { shape: [count], data: Float64Array.from(rows.labels) },
    };
    for (const { name, options } of recipe.regularizers) {
      const unit = choose("regularizer", regularizers, name);
      for (const [own, value] of Object.entries(unit.scalars({ ...unit.defaults, ...options }))) {
        this.#feeds[names.strength(name, own)] = scalar(value);
      }
    }
  }

  /** The state after so many steps. */
  state(step: number): ToyState {
    while (this.#states.length <= step) this.#advance();
    return this.#states[step];
  }

  /** The mean loss of that state over the rows, without penalties. */
  loss(step: number): number {
    this.state(step + 1);
    return this.#losses[step];
  }

  /** The scores of any points after so many steps, [points, classes]. */
  scores(step: number, points: Float64Array): Float64Array {
    const count = points.length / this.#recipe.width;
    let scorer = this.#scorers.get(count);
    if (scorer === undefined) {
      scorer = graph({ scores: network(this.#recipe, count).scores });
      this.#scorers.set(count, scorer);
    }
    const features = { shape: [count, this.#recipe.width], data: points };
    const { inputs } = scorer;
    const state = this.state(step);
    const own = inputs.map(({ attrs: { name } }) => [name, name === "features" ? features : state[name]]);
    return evaluate(scorer, Object.fromEntries(own)).scores.data;
  }

  #advance(): void {
    const step = this.#states.length;
    const { name, options } = this.#recipe.optimizer;
    const unit = choose("optimizer", optimizers, name);
    const settings = { ...unit.defaults, ...options };
    const scalars = Object.entries(unit.scalars(settings, settings.learningRate, step)).map(([own, value]) => {
      return [names.scalar(own), scalar(value)] as const;
    });
    const before = this.#states[step - 1];
    const out = evaluate(this.#graph, { ...this.#feeds, ...before, ...Object.fromEntries(scalars) });
    this.#losses[step - 1] = out.loss.data[0];
    this.#states.push(Object.fromEntries(Object.keys(before).map((key) => [key, out[names.next(key)]])));
  }
}

const scalar = (value: number): NDArray => ({ shape: [], data: Float64Array.of(value) });
