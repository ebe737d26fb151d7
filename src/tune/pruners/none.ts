import { frozen } from "../../core/index.ts";
import type { Pruner } from "../pruner.ts";

export const nonePruner = frozen<Pruner>({
  name: "none",
  summary: "every trial has all its steps",
  defaults: {},
  stop: (_step, { steps }) => steps,
  prunes: () => false,
  promote: () => undefined,
});
