import { closedFormSolver } from "./closed-form.ts";
import { conjugateGradientSolver } from "./conjugate-gradient.ts";
import { dualCoordinateSolver } from "./dual-coordinate.ts";
import { fistaSolver } from "./fista.ts";
import { lbfgsSolver } from "./lbfgs.ts";
import type { Solver } from "./solver.ts";

export { closedForm, solveNormalEquations } from "./closed-form.ts";
export { conjugateGradient, minimizeByConjugateGradients } from "./conjugate-gradient.ts";
export { ascendDual, dualCoordinate } from "./dual-coordinate.ts";
export { type Dual, type DualRequest, duals } from "./duals.ts";
export { fista, minimizeFista } from "./fista.ts";
export { type LbfgsOptions, lbfgs, minimizeLbfgs } from "./lbfgs.ts";
export type { Moments, Oracle, Point, Progress, Rows, Solution, Threshold, Watch } from "./oracle.ts";
export type { DualProblem, Limits, Problem, Solver } from "./solver.ts";
export { type Affine, type SparseMatrix, sparseRows } from "./sparse-rows.ts";

const catalogue = Object.freeze({
  "closed-form": closedFormSolver,
  "conjugate-gradient": conjugateGradientSolver,
  lbfgs: lbfgsSolver,
  fista: fistaSolver,
  "dual-coordinate": dualCoordinateSolver,
});
export type SolverName = keyof typeof catalogue;
/** Every solver, by name. */
export const solvers: Readonly<Record<SolverName, Solver>> = catalogue as Readonly<Record<SolverName, Solver>>;
