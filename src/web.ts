/**
 * `argmin/web`: training in a page or in its worker, on the same plan, the same trainer and the same graphs as in Node. Only
 * ONNX Runtime is another: WebAssembly or WebGPU, loaded from an address.
 */
export { UsageError } from "./core/index.ts";
export { memoryRows } from "./data/index.ts";
export { type Block, probe, type Runtime } from "./runtime/index.ts";
export { openWebRuntime, type WebDevice, type WebOptions } from "./runtime/web/index.ts";
export {
  createStepper,
  GradientNorm,
  makePlan,
  orderOf,
  type Plan,
  type PlanRequest,
  type Recipe,
  type Stepper,
  StepScalars,
  type TrainEvent,
  Trainer,
} from "./train/index.ts";
