import { type Choice, choose, chosen, UsageError } from "../core/index.ts";
import type { TrainOptions } from "../experiment/index.ts";
import { losses } from "../losses/index.ts";
import { models } from "../models/index.ts";
import { activations } from "../nn/index.ts";
import { optimizers } from "../optimizers/index.ts";
import { l1, l2 } from "../regularizers/index.ts";
import type { Device } from "../runtime/index.ts";
import { schedules } from "../schedules/index.ts";

/** The flags of `train`, as they come from the command line. */
export interface TrainFlags {
  readonly model?: string;
  readonly hidden?: string;
  readonly channels?: string;
  readonly kernel?: string;
  readonly activation?: string;
  readonly loss?: string;
  readonly optimizer?: string;
  readonly learningRate?: string;
  readonly momentum?: string;
  readonly schedule?: string;
  readonly l1?: string;
  readonly l2?: string;
  readonly epochs?: string;
  readonly batchSize?: string;
  readonly size?: string;
  readonly seed?: string;
  readonly device?: string;
  readonly threads?: string;
}

export function parseNumber(flag: string, text: string, example = "10"): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value))
    throw new UsageError(flag, `"${text}" is not a number`, `write for example ${flag} ${example}`);
  return value;
}

function parseList(flag: string, text: string, example: string): number[] {
  const values = text.split(",").map((part) => Number(part.trim()));
  if (values.some((value) => !Number.isInteger(value) || value < 1)) {
    throw new UsageError(
      flag,
      `"${text}" is not a list of whole numbers, 1 or more each`,
      `write for example ${flag} ${example}`,
    );
  }
  return values;
}

/** learningRate → --learning-rate */
const flagOf = (option: string) => `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Options of the unit that were given, refused where the unit has no such option. */
function withOptions<Kind extends string>(
  kind: Kind,
  unit: { readonly name: string; readonly defaults: object },
  given: Readonly<Record<string, unknown>>,
): Choice<Kind> {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || Object.hasOwn(unit.defaults, name)) continue;
    const flags = Object.keys(given).filter((own) => Object.hasOwn(unit.defaults, own));
    const has = flags.length === 0 ? "no options here" : flags.map(flagOf).join(", ");
    throw new UsageError(flagOf(name), `the ${kind} "${unit.name}" has no such option`, `leave it out; it has ${has}`);
  }
  return chosen(kind, unit, given);
}

/** The values of --device. */
export const devices: Readonly<Record<string, Device | "auto">> = { auto: "auto", cpu: "cpu", wasm: "wasm" };

/** The options of `base` go on where the same unit is meant; another unit starts from its own defaults. */
function continued<Kind extends string>(
  flag: string,
  kind: Kind,
  catalogue: Readonly<Record<string, { readonly name: string; readonly defaults: object }>>,
  wanted: string | undefined,
  base: Choice<Kind> | undefined,
  fallback: string,
  given: Readonly<Record<string, unknown>>,
): Choice<Kind> {
  const unit = choose(flag, catalogue, wanted ?? base?.name ?? fallback);
  const own = withOptions(kind, unit, given);
  if (base?.name !== unit.name) return own;
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...base, options: { ...base.options, ...said } };
}

/**
 * What was said on the command line, as options of the library, on top of those of a configuration file; what nobody said
 * stays open.
 */
export function trainOptions(
  data: string | undefined,
  flags: TrainFlags,
  base: Partial<TrainOptions> = {},
): TrainOptions {
  const source = data ?? base.data;
  if (source === undefined)
    throw new UsageError("argmin train", "no data is named", "write for example argmin train photos");
  const number = (flag: string, text: string | undefined, example: string) =>
    text === undefined ? undefined : parseNumber(flag, text, example);
  const modelFlags = {
    hidden: flags.hidden === undefined ? undefined : parseList("--hidden", flags.hidden, "512,256"),
    channels: flags.channels === undefined ? undefined : parseList("--channels", flags.channels, "32,64"),
    kernel: number("--kernel", flags.kernel, "5"),
    activation: flags.activation,
  };
  if (flags.activation !== undefined) choose("--activation", activations, flags.activation);
  const learningRate = number("--learning-rate", flags.learningRate, "0.001");
  const momentum = number("--momentum", flags.momentum, "0.9");
  const schedule =
    flags.schedule === undefined ? undefined : chosen("schedule", choose("--schedule", schedules, flags.schedule));
  const optimizer = continued("--optimizer", "optimizer", optimizers, flags.optimizer, base.optimizer, "adam", {
    learningRate,
    momentum,
  });
  const penalties = [
    ...(flags.l1 === undefined ? [] : [l1(parseNumber("--l1", flags.l1, "1e-4"))]),
    ...(flags.l2 === undefined ? [] : [l2(parseNumber("--l2", flags.l2, "1e-4"))]),
  ];
  const given = {
    model: continued("--model", "model", models, flags.model, base.model, "cnn", modelFlags),
    loss: flags.loss === undefined ? undefined : chosen("loss", choose("--loss", losses, flags.loss)),
    regularizer: penalties.length > 0 ? penalties : undefined,
    optimizer: schedule === undefined ? optimizer : { ...optimizer, options: { ...optimizer.options, schedule } },
    epochs: number("--epochs", flags.epochs, "10"),
    batchSize: number("--batch-size", flags.batchSize, "64"),
    size: number("--size", flags.size, "64"),
    seed: number("--seed", flags.seed, "1"),
    device: flags.device === undefined ? undefined : choose("--device", devices, flags.device),
    threads: number("--threads", flags.threads, "2"),
  };
  return {
    ...base,
    data: source,
    ...(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Omit<
      TrainOptions,
      "data"
    >),
  };
}
