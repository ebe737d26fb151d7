import { chosen, frozen } from "../core/index.ts";
import { scoped } from "../ir/index.ts";
import { scores } from "../nn/index.ts";
import { flatten } from "../ops/index.ts";
import type { Model, ModelChoice } from "./model.ts";

/** The linear classifier: s = x W + b. Each column of W is a template, and a score is its inner product with the picture. */
export const linearModel = frozen<Model<Record<string, never>>>({
  name: "linear",
  summary: "one template a class: s = xW + b",
  defaults: {},
  apply: (_options, x, classes, parameters) => scoped("scores", () => scores(parameters, flatten(x), classes)),
});

/** The linear classifier. */
export const linear = (): ModelChoice => chosen("model", linearModel);
