import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import { type Choice, choose, UsageError } from "../../core/index.ts";
import { augmentations, type PresetName, presets } from "../../data/index.ts";
import { losses } from "../../losses/index.ts";
import { models } from "../../models/index.ts";
import type { OptimizerChoice } from "../../optimizers/index.ts";
import { fits } from "../../preprocess/index.ts";
import { regularizers } from "../../regularizers/index.ts";
import { schedules } from "../../schedules/index.ts";
import { ways } from "../../train/index.ts";
import { balances, defaults, type TrainOptions } from "../options.ts";
import { auto } from "../settle-model.ts";

const options = z.record(z.string(), z.unknown());
const choice = <Kind extends string>(kind: Kind, catalogue: Readonly<Record<string, { readonly defaults: object }>>) =>
  z
    // `loss: hinge` is enough where nothing else is to be said.
    .preprocess(
      (value) => (typeof value === "string" ? { name: value } : value),
      z.strictObject({ kind: z.literal(kind).default(kind as never), name: z.string(), options: options.default({}) }),
    )
    .transform(({ name, options: given }): Choice<Kind> => {
      const { defaults } = choose(kind, catalogue, name);
      return { kind, name, options: { ...defaults, ...given } };
    });

/** The name of a preset, an augmentation, or a list of both. */
const presetName = z.enum(Object.keys(presets) as [PresetName, ...PresetName[]]);
const augment = z.preprocess(
  (value) => (Array.isArray(value) ? value : [value]),
  z.array(z.union([presetName, choice("augmentation", augmentations)])),
);

/** What `config.yaml` of a run holds; every entry may be left out of a file that is written by hand. */
const configSchema = z.strictObject({
  argmin: z.string().optional(),
  data: z.string().optional(),
  depth: z.number().nullable().optional(),
  // What `auto` means is chosen when the data are there.
  model: z.union([z.literal("auto").transform(auto), choice("model", models)]).optional(),
  loss: choice("loss", losses).optional(),
  regularizers: z.array(choice("regularizer", regularizers)).optional(),
  optimizer: choice("optimizer", ways).optional(),
  schedule: choice("schedule", schedules).optional(),
  epochs: z.number().nullable().optional(),
  steps: z.number().nullable().optional(),
  time: z.number().nullable().optional(),
  patience: z.number().nullable().optional(),
  checkpointSeconds: z.number().optional(),
  batchSize: z.number().optional(),
  accumulate: z.number().optional(),
  warmUp: z.number().optional(),
  classWeights: z.array(z.number()).nullable().optional(),
  balance: z.enum(balances).optional(),
  clipNorm: z.number().nullable().optional(),
  clipValue: z.number().nullable().optional(),
  averageWeights: z.number().nullable().optional(),
  augment: augment.optional(),
  size: z.number().nullable().optional(),
  channels: z.union([z.literal("auto"), z.literal(1), z.literal(3)]).optional(),
  fit: z.enum(fits).optional(),
  split: z.string().nullable().optional(),
  groupBy: z.string().nullable().optional(),
  unknown: z.number().nullable().optional(),
  seed: z.number().optional(),
  device: z.enum(["auto", "cpu", "wasm", "webgpu"]).optional(),
  threads: z.number().nullable().optional(),
  cache: z.string().nullable().optional(),
  pictureMemory: z.number().nullable().optional(),
});

/** The schedule stands beside the optimizer in a file, and inside its options in a program. */
function withSchedule(optimizer: OptimizerChoice, schedule: Choice<"schedule"> | undefined): OptimizerChoice {
  return schedule ? { ...optimizer, options: { ...optimizer.options, schedule } } : optimizer;
}

/**
 * Reads the options of a run from a YAML file: the `config.yaml` of an earlier run, or one written by hand.
 * @throws UsageError when the file is missing, is not YAML, or says something unknown
 */
export async function readConfig(path: string): Promise<Partial<TrainOptions>> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(path, `cannot be read (${error.code})`, "give a YAML file, such as runs/<name>/config.yaml");
  });
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new UsageError(path, `is not YAML: ${(error as Error).message.split("\n")[0]}`, "mend that line");
  }
  const parsed = configSchema.safeParse(content ?? {});
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    if (issue.code === "unrecognized_keys" && issue.path.length === 0) choose(path, configSchema.shape, issue.keys[0]);
    const where = `${path}${issue.path.length > 0 ? `, ${issue.path.join(".")}` : ""}`;
    throw new UsageError(where, issue.message, "look at the config.yaml of a run");
  }
  const { argmin: _version, regularizers: penalties, schedule, optimizer, ...rest } = parsed.data;
  const known = Object.entries(rest).filter(([, value]) => value !== undefined && value !== null);
  return {
    ...(Object.fromEntries(known) as Partial<TrainOptions>),
    ...(penalties ? { regularizer: penalties } : {}),
    ...(optimizer || schedule ? { optimizer: withSchedule(optimizer ?? defaults.optimizer, schedule) } : {}),
  };
}
