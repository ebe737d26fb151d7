import { Cholesky, chosen, frozen, UsageError } from "../core/index.ts";
import type { OptimizerChoice } from "../optimizers/index.ts";
import type { Moments, Oracle, Solution } from "./oracle.ts";
import type { Limits, Solver } from "./solver.ts";
import { norm } from "./vector.ts";

/**
 * The optimum by calculus: dL/dW = 0 for L = (1/C) Σ_i ω_i ‖x_i W − t_i‖² + Σ_k λ_k ‖W_k‖² is a linear system,
 * (G / C + λ) W = M / C, solved by Cholesky. Ridge regression on one-hot targets: Hoerl and Kennard 1970. The gradient at the
 * answer, which is not 0 in floating point, is measured by the oracle.
 *
 * @param ridge λ for each feature, 0 where it is not penalised (the bias)
 * @throws UsageError when the system is singular: some features depend on others and nothing is penalised
 */
export async function solveNormalEquations(
  { gram, cross, features, outputs }: Moments,
  ridge: Float64Array,
  oracle: Oracle,
  tolerance: number,
): Promise<Solution> {
  const system = gram.map((value) => value / outputs);
  for (let k = 0; k < features; k++) system[k * features + k] += ridge[k];
  const w = factorOf(system, features).solve(
    cross.map((value) => value / outputs),
    outputs,
  );
  const first = norm((await oracle.evaluate(new Float64Array(w.length))).gradient);
  const { value, gradient } = await oracle.evaluate(w);
  const [optimality, wanted] = [norm(gradient), tolerance * first];
  return {
    w,
    value,
    iteration: 1,
    optimality,
    tolerance: wanted,
    measure: "gradient norm",
    converged: optimality <= wanted,
  };
}

function factorOf(system: Float64Array, features: number): Cholesky {
  try {
    return new Cholesky(system, features);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(
      "closed-form",
      "the equations have no single solution: some pixels depend on others",
      "add a penalty, which makes it unique: --l2 1e-4",
    );
  }
}

/** dL/dW = 0, solved. */
export const closedFormSolver = frozen<Solver<Limits>>({
  name: "closed-form",
  summary: "dL/dW = 0 as a linear system: least squares at once",
  // What is left of the gradient at the answer is rounding, which grows with the condition of the system.
  defaults: { tolerance: 1e-6, iterations: 1 },
  ranges: { tolerance: [0, 1], iterations: [1, Number.POSITIVE_INFINITY] },
  suits: (loss) => loss.quadratic === true,
  usual: "mse",
  solve: async (problem, { tolerance }) => {
    const { moments, ridge } = await problem.moments();
    return await solveNormalEquations(moments, ridge, problem.oracle, tolerance);
  },
});

/** Least squares by calculus. */
export const closedForm = (options: Partial<Limits> = {}): OptimizerChoice =>
  chosen("optimizer", closedFormSolver, options);
