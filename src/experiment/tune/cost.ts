import { choose, sizeOf, UsageError } from "../../core/index.ts";
import { type Tensor, topological } from "../../ir/index.ts";
import { models } from "../../models/index.ts";
import { type Configuration, type IntParameter, type Parameter, Space } from "../../space/index.ts";
import { network } from "../../train/index.ts";
import { type Constraint, configurations } from "../../tune/index.ts";
import { defaults, type TrainOptions } from "../options.ts";
import { usualLoss } from "../resolve.ts";
import { configurationToOptions } from "./configuration.ts";
import { computedMetrics } from "./constraint.ts";
import type { DataFacts } from "./facts.ts";
import { chosenOf } from "./units.ts";

/** What a network costs, whatever it has learned. */
export interface Cost {
  /** Learned numbers. */
  readonly parameters: number;
  /**
   * Multiplications, each with an addition, for the scores of one picture: of products of matrices and of convolutions, borders
   * counted as if there were pictures beyond them. Biases, activations, pooling and the numbers' scaling are not counted.
   */
  readonly multiplyAdds: number;
}

/** Of the ops that are products: how many factors each number of the result adds up. */
const summed: Readonly<Record<string, (inputs: readonly Tensor[]) => number>> = {
  matmul: ([a]) => a.shape[a.rank - 1],
  conv2d: ([, w]) => sizeOf(w.shape.slice(1)),
};

/** Networks whose cost is remembered; a search asks for the same ones often. */
const REMEMBERED = 50_000;
const costs = new Map<string, Cost>();

/**
 * What a run's network costs, computed from the network itself without any of its data. Nothing but the model and the size of the
 * data matters, and what was computed is remembered.
 * @throws UsageError for a network that cannot be made for such pictures
 */
export function costOf(options: TrainOptions, facts: DataFacts): Cost {
  const { numbers, height, width, channels, classes } = facts;
  const model = chosenOf("model", options, numbers);
  const key = JSON.stringify([model.name, model.options, numbers, height, width, channels, classes]);
  const before = costs.get(key);
  if (before !== undefined) return before;
  const perInput = Array.from({ length: numbers ? width : channels }, () => 1);
  const { scores, parameters } = network(
    {
      model: { kind: "model", name: choose("model", models, model.name).name, options: model.options },
      loss: usualLoss(options),
      regularizers: [],
      optimizer: defaults.optimizer,
      normalization: { mean: perInput, deviation: perInput },
      ...(numbers ? { kind: "numbers" } : {}),
      ...{ height, width, channels, classes },
    },
    1,
  );
  const cost = {
    parameters: parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    multiplyAdds: topological([scores]).reduce(
      (sum, { op, shape, inputs }) => sum + sizeOf(shape) * (summed[op.name]?.(inputs) ?? 0),
      0,
    ),
  };
  if (costs.size >= REMEMBERED) costs.clear();
  costs.set(key, cost);
  return cost;
}

/** The limits to what is known before anything is trained. */
const computed = (constraints: readonly Constraint[]) =>
  constraints.filter(({ metric }) => Object.hasOwn(computedMetrics, metric)) as readonly (Constraint & {
    readonly metric: keyof Cost;
  })[];

/** The parameters of a space that a network is made by. */
const shaping = ({ names }: Space) =>
  names.filter((name) => name === "model" || Object.hasOwn(models, name.split(".", 1)[0]));

/**
 * Whether the networks of a space's configurations keep the limits that can be computed before anything is trained; limits to what
 * has to be measured are passed over. A network that cannot be made keeps none.
 */
export function allows(
  space: Space,
  constraints: readonly Constraint[],
  options: TrainOptions,
  facts: DataFacts,
): (configuration: Configuration) => boolean {
  const limits = computed(constraints);
  if (limits.length === 0) return () => true;
  const names = shaping(space);
  const known = new Map<string, boolean>();
  return (configuration) => {
    const own = Object.fromEntries(
      names.flatMap((name) => (Object.hasOwn(configuration, name) ? [[name, configuration[name]]] : [])),
    );
    const key = JSON.stringify(own);
    const before = known.get(key);
    if (before !== undefined) return before;
    const cost = costIfPossible(own, options, facts);
    const result = cost !== undefined && limits.every(({ metric, atMost }) => cost[metric] <= atMost);
    if (known.size >= REMEMBERED) known.clear();
    known.set(key, result);
    return result;
  };
}

/** undefined for a network that cannot be made. */
function costIfPossible(configuration: Configuration, options: TrainOptions, facts: DataFacts): Cost | undefined {
  try {
    return costOf(configurationToOptions(configuration, options), facts);
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

/** Steps from a network to the smallest of its kind. */
const SMALLER = 64;

/**
 * The configuration itself where it keeps the limits; else the largest network of the same kind that does: all its whole numbers,
 * widths and filters, come down to the lower ends of their ranges together, on a logarithmic scale.
 * @param keeps what `allows` gives
 * @returns undefined where even the smallest does not
 */
export function nearestAllowed(
  space: Space,
  configuration: Configuration,
  keeps: (configuration: Configuration) => boolean,
): Configuration | undefined {
  if (keeps(configuration)) return configuration;
  const widths = shaping(space).filter((name) => space.parameters[name].kind === "int" && name in configuration);
  for (let step = 1; step <= SMALLER; step++) {
    const smaller = widths.map((name) => {
      const { low, step: grid = 1 } = space.parameters[name] as IntParameter;
      const value = configuration[name] as number;
      const [from, to] = [Math.max(1, value), Math.max(1, low)];
      const wanted = from * (to / from) ** (step / SMALLER);
      return [name, Math.max(low, low + grid * Math.floor((wanted - low) / grid + 1e-9))];
    });
    const candidate = { ...configuration, ...Object.fromEntries(smaller) };
    if (keeps(candidate)) return candidate;
  }
  return undefined;
}

/**
 * Refuses limits that nothing in a space keeps, before a search looks for it in vain: the smallest networks are those of all choices
 * with every number at the lower end of its range.
 * @throws UsageError that says how small the smallest is
 */
export function refuseUnreachable(
  space: Space,
  constraints: readonly Constraint[],
  options: TrainOptions,
  facts: DataFacts,
): void {
  const names = shaping(space);
  const smallest = names.map((name): [string, Parameter] => {
    const parameter = space.parameters[name];
    return [name, parameter.kind === "choice" ? parameter : { ...parameter, high: parameter.low }];
  });
  const limits = computed(constraints);
  if (limits.length === 0) return;
  const found: Cost[] = [];
  for (const one of configurations(new Space(Object.fromEntries(smallest)), 2)) {
    const cost = costIfPossible(one, options, facts);
    if (cost !== undefined) found.push(cost);
    if (cost !== undefined && limits.every(({ metric, atMost }) => cost[metric] <= atMost)) return;
  }
  const shapes = names.filter((name) => space.parameters[name].kind === "int");
  const lower = shapes.length === 0 ? "search another model" : `let ${shapes.join(", ")} begin lower in a space file`;
  const smallestOf = (metric: keyof Cost) => Math.min(...found.map((cost) => cost[metric]));
  const said = limits.map(({ metric, atMost }) => `${metric}<=${atMost}`).join(" and ");
  const has = limits.map(({ metric }) => `${smallestOf(metric)} ${metric}`).join(", ");
  throw new UsageError(
    `constraint ${said}`,
    found.length === 0
      ? "no network of the space can be made for such pictures"
      : `no network of the space keeps it: the smallest has ${has}`,
    `allow more, or ${lower}`,
  );
}
