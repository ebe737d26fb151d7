export { choice, float, int, logFloat, logInt } from "./make.ts";
export type {
  ChoiceParameter,
  Configuration,
  FloatParameter,
  IntParameter,
  Parameter,
  ParameterValue,
  When,
} from "./parameter.ts";
export { countOf, gridOf, unitOf, valueAt } from "./scale.ts";
export { describe, Space } from "./space.ts";
export { fromUnits, toUnits } from "./units.ts";
