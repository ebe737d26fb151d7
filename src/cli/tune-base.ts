import { choose } from "../core/index.ts";
import { isAuto, type TrainOptions } from "../experiment/index.ts";
import { holdsNumbers, readConfig } from "../experiment/node/index.ts";
import { type DataFacts, partsOf } from "../experiment/tune/index.ts";
import { losses } from "../losses/index.ts";
import { models } from "../models/index.ts";
import { schedules } from "../schedules/index.ts";
import { ways } from "../train/index.ts";
import { type Catalogue, parseUnit, type Unit } from "./compact.ts";
import { type TrainFlags, trainOptions } from "./train-options.ts";

const catalogues = { model: models, loss: losses, optimizer: ways, schedule: schedules } as const;

/** Flags of a unit's options; with none of them, and none of its own, a unit is not said, and is searched. */
const optionFlags = {
  model: { hidden: "hidden", filters: "channels", kernel: "kernel", activation: "activation", dropout: "dropout" },
  optimizer: { learningRate: "learningRate", momentum: "momentum" },
} as const;

/** Flags that are parameters of a search as they are, by the names that it has for them. */
const ownFlags = {
  ...{ batchSize: "batchSize", accumulate: "accumulate", warmUp: "warmUp", balance: "balance", augment: "augment" },
  ...{ clipNorm: "clipNorm", clipValue: "clipValue", averageWeights: "averageWeights" },
  ...{ l1: "l1", l2: "l2", elasticNet: "elastic-net", maxNorm: "max-norm" },
} as const;

/** What a search is about. */
export interface Base {
  /** What a trial is trained with, where its configuration says nothing else; without the units that nobody named. */
  readonly options: TrainOptions;
  /** The parameters that the command line says, even where it says what is usual: they are not searched. */
  said(facts: DataFacts): string[];
}

/** Options without a model that was left open. */
export function withoutAuto({ model, ...others }: Partial<TrainOptions>): Partial<TrainOptions> {
  return model === undefined || isAuto(model) ? others : { ...others, model };
}

/** What the command line says, on top of a configuration file. */
export async function baseOf(
  data: string | undefined,
  given: TrainFlags & { readonly config?: string },
): Promise<Base> {
  // `auto` leaves the model open, and what is open is searched.
  const { model: asked, ...others } = given;
  const flags = asked === "auto" ? others : given;
  const base = withoutAuto(flags.config === undefined ? {} : await readConfig(flags.config));
  const usual = (await holdsNumbers(data ?? base.data ?? "")) ? "mlp" : "fastnet";
  // The time is that of the search, and a report is made of the best trial alone.
  const { time: _time, report: _report, ...own } = flags as TrainFlags;
  const { model, optimizer, ...options } = trainOptions(data, own, base, usual);
  // Both are there: a run has a model and an optimizer whether or not one is named.
  const found = { model: model!, optimizer: optimizer! };
  const flagged = (kind: keyof typeof optionFlags): readonly string[] =>
    Object.entries(optionFlags[kind]).flatMap(([flag, option]) =>
      flags[flag as "hidden"] === undefined ? [] : [option],
    );
  const isNamed = (kind: keyof typeof optionFlags) =>
    (flags as TrainFlags)[kind] !== undefined || base[kind] !== undefined || flagged(kind).length > 0;
  const { schedule } = found.optimizer.options;
  const scheduleAlone = { ...found.optimizer, options: { schedule } };
  return {
    options: {
      ...options,
      ...(isNamed("model") ? { model: found.model } : {}),
      ...(isNamed("optimizer")
        ? { optimizer: found.optimizer }
        : schedule === undefined
          ? {}
          : { optimizer: scheduleAlone }),
    },
    said: (facts) => {
      const byFlag = (["model", "optimizer"] as const).flatMap((kind) => {
        const said = flagged(kind);
        const unit = choose(kind, catalogues[kind] as Catalogue, found[kind].name);
        return said.length === 0 ? [] : [kind, ...said.flatMap((option) => partsOf(unit, option, facts))];
      });
      const inWords = (Object.keys(catalogues) as (keyof typeof catalogues)[]).flatMap((kind) => {
        const text = (flags as TrainFlags)[kind];
        if (text === undefined) return [];
        const { unit, options: given } = parseUnit(`--${kind}`, kind, catalogues[kind] as Catalogue, text);
        return [kind, ...Object.keys(given).flatMap((option) => partsOf(unit as Unit, option, facts))];
      });
      const alone = Object.entries(ownFlags).flatMap(([flag, name]) =>
        flags[flag as keyof typeof ownFlags] === undefined ? [] : [name],
      );
      return [...new Set([...byFlag, ...inWords, ...alone])];
    },
  };
}
