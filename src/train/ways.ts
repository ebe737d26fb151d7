import { type Optimizer, type OptimizerName, optimizers } from "../optimizers/index.ts";
import { type Solver, type SolverName, solvers } from "../solvers/index.ts";

/** Everything that leads downhill, by name: optimizers, which take steps, and solvers, which find the optimum of convex problems. */
export const ways: Readonly<Record<OptimizerName | SolverName, Optimizer | Solver>> = Object.freeze({
  ...optimizers,
  ...solvers,
});

export const isSolver = (name: string): name is SolverName => Object.hasOwn(solvers, name);
