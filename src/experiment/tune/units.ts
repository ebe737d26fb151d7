/** The catalogues as a search sees them: which unit a run has by default, and what of it can be searched. */
import type { Choice, Ranges } from "../../core/index.ts";
import { augmentations, type PresetName, presets, settleAugment } from "../../data/index.ts";
import { losses } from "../../losses/index.ts";
import { type Model, models } from "../../models/index.ts";
import { optimizers } from "../../optimizers/index.ts";
import { regularizers } from "../../regularizers/index.ts";
import { schedules } from "../../schedules/index.ts";
import { solvers } from "../../solvers/index.ts";
import type { Configuration, Parameter } from "../../space/index.ts";
import { isSolver } from "../../train/index.ts";
import { defaults, type TrainOptions } from "../options.ts";
import { usualLoss, usualModel } from "../resolve.ts";
import type { DataFacts } from "./facts.ts";

/** Catalogues of which a run has one unit. */
export type Kind = "model" | "loss" | "optimizer" | "schedule";
/** Catalogues of which a run has any number of units. */
export type SwitchKind = "regularizer" | "augmentation";

/** A unit of any catalogue. */
export interface Unit {
  readonly name: string;
  readonly defaults: object;
  readonly ranges?: Ranges;
  readonly searchFirst?: readonly string[];
}

type Units = Readonly<Record<string, Unit>>;

/** Those that suit the data, and a solver where one is asked for. */
export function unitsOf(kind: Kind, options: TrainOptions, facts: DataFacts): Units {
  const solver = solverOf(options);
  const kept = <T extends Unit>(catalogue: Readonly<Record<string, T>>, suits: (unit: T) => boolean): Units =>
    Object.fromEntries(Object.entries(catalogue).filter(([, unit]) => suits(unit)));
  switch (kind) {
    case "model":
      return kept(models, (unit) => (solver ? unit.name === "linear" : !(facts.numbers && unit.picturesOnly)));
    case "loss":
      return kept(losses, (unit) => solver?.suits(unit) ?? true);
    case "optimizer":
      return solver ? {} : optimizers;
    default:
      return solver ? {} : schedules;
  }
}

/** Those that suit the data, and a solver where one is asked for. */
export function switchesOf(kind: SwitchKind, options: TrainOptions, facts: DataFacts): Units {
  const solver = solverOf(options);
  if (kind === "augmentation") return facts.numbers || solver ? {} : augmentations;
  const suits = (scalars: readonly string[], projects: boolean) =>
    solver === undefined || (!projects && (solver.l1 === true || !scalars.includes("l1")));
  return Object.fromEntries(
    Object.entries(regularizers).filter(([, unit]) =>
      suits(Object.keys(unit.scalars(unit.defaults)), unit.project !== undefined),
    ),
  );
}

/** The solver that a run is to have. */
export const solverOf = ({ optimizer }: TrainOptions) =>
  optimizer !== undefined && isSolver(optimizer.name) ? solvers[optimizer.name] : undefined;

/** The unit that a run has where a search does not say otherwise. */
export function chosenOf(kind: Kind, options: TrainOptions, numbers: boolean): Choice {
  switch (kind) {
    case "model":
      return options.model ?? usualModel(options, numbers);
    case "loss":
      return options.loss ?? usualLoss(options);
    case "optimizer":
      return options.optimizer ?? defaults.optimizer;
    default:
      return scheduleSaid(options) ?? defaults.schedule;
  }
}

/** The schedule, which lies among the optimizer's options. */
export const scheduleSaid = ({ optimizer }: TrainOptions) =>
  optimizer?.options.schedule as Choice<"schedule"> | undefined;

/** The ranges that a unit brings, by its own names. */
export function spaceOf(unit: Unit, facts: DataFacts): Readonly<Record<string, Parameter>> {
  const { space } = unit as { readonly space?: Readonly<Record<string, Parameter>> | Model["space"] };
  return (typeof space === "function" ? space(facts) : space) ?? {};
}

/** The values of options that can be searched, those that the unit makes of lists among them. */
export function valuesOf(unit: Unit, given: object, facts: DataFacts): Configuration {
  const options = { ...unit.defaults, ...given };
  const { settle, toSpace } = unit as Partial<Model>;
  const values = toSpace ? toSpace(settle ? settle(options, facts) : options) : options;
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => ["number", "string", "boolean"].includes(typeof value)),
  ) as Configuration;
}

/** The last preset that was asked for, or the one that a list spells out: a run writes down what its preset means. */
export function presetOf({ augment }: Pick<TrainOptions, "augment">): PresetName | undefined {
  if (augment === undefined) return undefined;
  const named = [augment].flat().findLast((one) => typeof one === "string");
  if (named !== undefined) return named;
  const meant = JSON.stringify(settleAugment(augment));
  return (Object.keys(presets) as PresetName[]).find((name) => JSON.stringify(settleAugment(name)) === meant);
}
