import { choose, UsageError } from "../../core/index.ts";
import { losses } from "../../losses/index.ts";
import { regularizers } from "../../regularizers/index.ts";
import { solvers } from "../../solvers/index.ts";
import type { Plan, SolveSteps } from "../plan.ts";
import type { Recipe } from "../recipe.ts";
import { CHUNK, convexGraphs } from "./graphs.ts";

/** Strengths of one kind of penalty. */
interface Strengths {
  readonly weights: number;
  readonly biases: number;
}

/** The strengths of Σ W² and Σ |W| in all, on weights and on biases. */
function strengthsOf(recipe: Pick<Recipe, "regularizers">): Readonly<Record<"l1" | "l2", Strengths>> {
  const sum = (kind: "l1" | "l2", biases: boolean) =>
    recipe.regularizers.reduce((total, { name, options }) => {
      const unit = choose("regularizer", regularizers, name);
      const settings = { ...unit.defaults, ...options };
      return biases && !settings.biases ? total : total + (unit.scalars(settings)[kind] ?? 0);
    }, 0);
  return {
    l1: { weights: sum("l1", false), biases: sum("l1", true) },
    l2: { weights: sum("l2", false), biases: sum("l2", true) },
  };
}

/**
 * Holds a recipe against what its solver can do.
 * @throws UsageError naming what would fit
 */
export function refuseUnsolvable(recipe: Pick<Recipe, "optimizer" | "model" | "loss" | "regularizers">): void {
  const solver = choose("optimizer", solvers, recipe.optimizer.name);
  const where = `optimizer ${solver.name}`;
  const others = Object.values(solvers).filter(({ name }) => name !== solver.name);
  if (recipe.model.name !== "linear") {
    const what = `it solves convex problems, and with the model "${recipe.model.name}" the problem is not convex`;
    throw new UsageError(where, what, "choose --model linear, or an optimizer that takes steps, such as adam");
  }
  const loss = choose("loss", losses, recipe.loss.name);
  if (!solver.suits(loss)) {
    const fitting = Object.values(losses).filter((one) => solver.suits(one));
    const able = others.filter((one) => one.suits(loss)).map(({ name }) => name);
    const or = able.length === 0 ? "or an optimizer that takes steps, such as adam" : `or ${able.join(" or ")}`;
    throw new UsageError(
      where,
      `it cannot minimise the loss "${loss.name}"`,
      `choose --loss ${fitting.map(({ name }) => name).join(", ")}; ${or} for this loss`,
    );
  }
  const projection = recipe.regularizers.find(({ name }) => choose("regularizer", regularizers, name).project);
  if (projection !== undefined) {
    throw new UsageError(where, `it cannot keep to ${projection.name}`, "use --l1, --l2 or --elastic-net");
  }
  const { l1, l2 } = strengthsOf(recipe);
  if (l1.weights > 0 && !solver.l1) {
    const able = others.filter((one) => one.l1).map(({ name }) => name);
    throw new UsageError(
      where,
      "the penalty Σ |W| has kinks, which it cannot take",
      `use ${able.join(" or ")} for --l1`,
    );
  }
  if (l2.weights === 0 && solver.needsL2) {
    throw new UsageError(where, "the dual exists only with a penalty Σ W²", "add one, for example --l2 1e-4");
  }
}

/** What a worker needs to solve: graphs in float64, and the problem in numbers. */
export function solveSteps({ pictures, train }: Pick<Plan, "pictures" | "train">, recipe: Recipe): SolveSteps {
  refuseUnsolvable(recipe);
  const { l1, l2 } = strengthsOf(recipe);
  const { kind, height, width, channels, classes, loss, normalization } = recipe;
  return {
    kind: "solve",
    loss,
    l1,
    l2,
    normalization,
    graphs: convexGraphs({
      loss,
      chunk: Math.min(CHUNK, train.length),
      features: height * width * channels,
      dtype: kind === "numbers" ? "float64" : "uint8",
      classes,
      softTargets: pictures.targets !== undefined,
      weighted: pictures.weights !== undefined,
    }),
  };
}
