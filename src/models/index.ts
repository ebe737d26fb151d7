import { cnnModel } from "./cnn.ts";
import { fastnetModel } from "./fastnet.ts";
import { linearModel } from "./linear.ts";
import { mlpModel } from "./mlp.ts";
import type { Model } from "./model.ts";
import { resnetModel } from "./resnet.ts";
import { vitModel } from "./vit.ts";

export { type CnnOptions, cnn } from "./cnn.ts";
export { type FastnetOptions, fastnet } from "./fastnet.ts";
export { linear } from "./linear.ts";
export { type MlpOptions, mlp } from "./mlp.ts";
export type { Model, ModelChoice, PictureSize } from "./model.ts";
export { type ResnetOptions, resnet } from "./resnet.ts";
export { type VitOptions, vit } from "./vit.ts";

/** Every model, by name. */
export const models = Object.freeze({
  linear: linearModel,
  mlp: mlpModel,
  cnn: cnnModel,
  fastnet: fastnetModel,
  resnet: resnetModel,
  vit: vitModel,
}) as Readonly<Record<"linear" | "mlp" | "cnn" | "fastnet" | "resnet" | "vit", Model>>;
