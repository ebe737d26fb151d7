import { cnnModel } from "./cnn.ts";
import { linearModel } from "./linear.ts";
import { mlpModel } from "./mlp.ts";
import type { Model } from "./model.ts";
import { vitModel } from "./vit.ts";

export { type CnnOptions, cnn } from "./cnn.ts";
export { linear } from "./linear.ts";
export { type MlpOptions, mlp } from "./mlp.ts";
export type { Model, ModelChoice, PictureSize } from "./model.ts";
export { type VitOptions, vit } from "./vit.ts";

/** Every model, by name. */
export const models = Object.freeze({ linear: linearModel, mlp: mlpModel, cnn: cnnModel, vit: vitModel }) as Readonly<
  Record<"linear" | "mlp" | "cnn" | "vit", Model>
>;
