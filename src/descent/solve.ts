import { gradients } from "../autodiff/index.ts";
import { choose, UsageError } from "../core/index.ts";
import { graph, input, type NDArray, type Tensor } from "../ir/index.ts";
import { mul, sum } from "../ops/index.ts";
import type { OptimizerChoice } from "../optimizers/index.ts";
import { evaluate } from "../reference/index.ts";
import { minimizeByConjugateGradients, type Oracle, solveNormalEquations, solvers } from "../solvers/index.ts";
import { type Interpreted, interpreted } from "./interpret.ts";
import { asArrays, type Numbers } from "./numbers.ts";

export interface SolveOptions<Data extends string> {
  /** `closedForm()` or `conjugateGradient({ iterations: 1 })`. */
  readonly solver: OptimizerChoice;
  readonly data?: Readonly<Record<Data, Numbers>>;
}

export interface Solved<Parameter extends string> {
  readonly at: Readonly<Record<Parameter, Interpreted>>;
  readonly loss: number;
  readonly iterations: number;
  /** ‖∇L‖ at the answer. */
  readonly gradientNorm: number;
  /** ∇²L, a row for each number of the parameters, in their order; it is the same everywhere. */
  readonly hessian: readonly (readonly number[])[];
}

/**
 * The minimum of a quadratic function of a few numbers, in float64: by calculus (`closedForm`), or by conjugate gradients,
 * which end in at most as many steps as there are different eigenvalues. Gradient and Hessian are traced from the loss.
 *
 * @param loss a scalar, of degree 2 in the parameters
 * @throws UsageError for a solver that does not see the function as a whole, or when the minimum is not unique
 */
export async function solve<Parameter extends string, Data extends string = never>(
  loss: (at: Record<Parameter, Tensor>, data: Record<Data, Tensor>) => Tensor,
  start: Readonly<Record<Parameter, Numbers>>,
  { solver, data = {} as Record<Data, Numbers> }: SolveOptions<Data>,
): Promise<Solved<Parameter>> {
  const unit = choose("solver", solvers, solver.name);
  const first = asArrays(start);
  const space = spaceOf(first);
  const oracle = oracleOf(loss, first, asArrays(data), space);
  const limits = { ...unit.defaults, ...solver.options };
  const hessian: Float64Array[] = [];
  for (let k = 0; k < space.size; k++) {
    hessian.push(await oracle.hessianVector(new Float64Array(space.size), space.unit(k)));
  }
  const found =
    unit.name === "closed-form"
      ? await solveNormalEquations(
          {
            gram: Float64Array.from(hessian.flatMap((row) => [...row])),
            cross: (await oracle.evaluate(new Float64Array(space.size))).gradient.map((value) => -value),
            features: space.size,
            outputs: 1,
          },
          new Float64Array(space.size),
          oracle,
          limits.tolerance,
        )
      : unit.name === "conjugate-gradient"
        ? await minimizeByConjugateGradients(oracle, space.joined(first), limits)
        : undefined;
  if (found === undefined) {
    throw new UsageError(
      "solver",
      `${unit.name} needs the examples one by one`,
      "take closedForm or conjugateGradient",
    );
  }
  const at = Object.fromEntries(
    Object.entries(space.parted(found.w)).map(([name, value]) => [name, interpreted(value)]),
  );
  return {
    at: at as Record<Parameter, Interpreted>,
    loss: found.value,
    iterations: found.iteration,
    gradientNorm: found.optimality,
    hessian: hessian.map((row) => [...row]),
  };
}

/** All parameters as one vector. */
function spaceOf(parameters: Readonly<Record<string, NDArray>>) {
  const entries = Object.entries(parameters);
  const size = entries.reduce((total, [, { data }]) => total + data.length, 0);
  return {
    size,
    unit: (k: number) => Float64Array.from({ length: size }, (_, i) => (i === k ? 1 : 0)),
    joined: (values: Readonly<Record<string, NDArray>>) =>
      Float64Array.from(entries.flatMap(([name]) => [...values[name].data])),
    parted(w: Float64Array): Record<string, NDArray> {
      let from = 0;
      return Object.fromEntries(
        entries.map(([name, { shape, data }]) => {
          from += data.length;
          return [name, { shape, data: w.slice(from - data.length, from) }];
        }),
      );
    },
  };
}

function oracleOf(
  loss: (at: Record<string, Tensor>, data: Record<string, Tensor>) => Tensor,
  parameters: Readonly<Record<string, NDArray>>,
  data: Readonly<Record<string, NDArray>>,
  space: ReturnType<typeof spaceOf>,
): Oracle {
  const inputOf = ([name, { shape }]: [string, NDArray]) => [name, input(name, shape) as Tensor] as const;
  const wrt = Object.entries(parameters).map(inputOf);
  const value = loss(Object.fromEntries(wrt), Object.fromEntries(Object.entries(data).map(inputOf)));
  const tensors = wrt.map(([, tensor]) => tensor);
  const slopes = gradients(value, tensors);
  const along = wrt.map(([name, { shape }]) => input(`along ${name}`, shape) as Tensor);
  const products = slopes.map((slope, i) => sum(mul(slope, along[i])));
  const bent = products.map((product) => gradients(product, tensors));
  const named = (parts: readonly Tensor[], prefix: string) =>
    Object.fromEntries(wrt.map(([name], i) => [`${prefix}${name}`, parts[i]]));
  const point = graph({ loss: value, ...named(slopes, "") });
  const curved = bent.map((parts) => graph(named(parts, "")));
  const renamed = (values: Readonly<Record<string, NDArray>>) =>
    Object.fromEntries(Object.entries(values).map(([name, array]) => [`along ${name}`, array]));
  return {
    dimension: space.size,
    quadratic: true,
    evaluate: async (w) => {
      const found = evaluate(point, { ...space.parted(w), ...data });
      return { value: found.loss.data[0], gradient: space.joined(found) };
    },
    hessianVector: async (w, v) => {
      const feeds = { ...space.parted(w), ...renamed(space.parted(v)), ...data };
      const into = new Float64Array(space.size);
      for (const one of curved)
        space.joined(evaluate(one, feeds)).forEach((part, i) => {
          into[i] += part;
        });
      return into;
    },
  };
}
