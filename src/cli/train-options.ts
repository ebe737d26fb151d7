import { type Choice, choose, chosen, UsageError } from "../core/index.ts";
import { type Balance, balances, type TrainOptions, USUAL_UNKNOWN } from "../experiment/index.ts";
import { losses } from "../losses/index.ts";
import { models } from "../models/index.ts";
import { activations } from "../nn/index.ts";
import { type Fit, fits } from "../preprocess/index.ts";
import { type RegularizerChoice, regularizers } from "../regularizers/index.ts";
import type { Device } from "../runtime/index.ts";
import { schedules } from "../schedules/index.ts";
import { isSolver, ways } from "../train/index.ts";
import { parseAugment } from "./augment-flag.ts";
import { type Catalogue, parseUnit, type Unit } from "./compact.ts";
import { parseDuration } from "./duration-flag.ts";

/** The flags of `train`, as they come from the command line. */
export interface TrainFlags {
  readonly model?: string;
  readonly hidden?: string;
  readonly filters?: string;
  readonly kernel?: string;
  readonly activation?: string;
  readonly dropout?: string;
  readonly loss?: string;
  readonly classWeights?: string;
  readonly optimizer?: string;
  readonly learningRate?: string;
  readonly momentum?: string;
  readonly schedule?: string;
  readonly warmUp?: string;
  readonly l1?: string;
  readonly l2?: string;
  readonly elasticNet?: string;
  readonly maxNorm?: string;
  readonly penalizeBiases?: boolean;
  readonly clipNorm?: string;
  readonly clipValue?: string;
  readonly averageWeights?: string;
  readonly augment?: string;
  readonly epochs?: string;
  readonly steps?: string;
  readonly time?: string;
  readonly patience?: string;
  readonly checkpointEvery?: string;
  readonly batchSize?: string;
  readonly accumulate?: string;
  readonly size?: string;
  readonly channels?: string;
  readonly depth?: string;
  readonly fit?: string;
  readonly split?: string;
  readonly groupBy?: string;
  readonly balance?: string;
  readonly unknown?: string | true;
  readonly seed?: string;
  readonly device?: string;
  readonly threads?: string;
  readonly cache?: string;
  readonly pictureMemory?: string;
  /** false after --no-report. */
  readonly report?: boolean;
}

export function parseNumber(flag: string, text: string, example = "10"): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value))
    throw new UsageError(flag, `"${text}" is not a number`, `write for example ${flag} ${example}`);
  return value;
}

const partsOf = (text: string) => text.split(",").map((part) => part.trim());

function parseList(flag: string, text: string, example: string): number[] {
  const values = partsOf(text).map(Number);
  if (values.some((value) => !Number.isInteger(value) || value < 1)) {
    throw new UsageError(
      flag,
      `"${text}" is not a list of whole numbers, 1 or more each`,
      `write for example ${flag} ${example}`,
    );
  }
  return values;
}

/** learningRate → --learning-rate; what a cnn calls channels is --filters, since --channels are the pictures' own. */
const flagOf = (option: string) =>
  option === "channels" ? "--filters" : `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** What was said, without what was not. */
const saidOf = <T extends object>(given: T) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };

/** Options that have flags of their own, refused where the unit has no such option. */
function refuseForeign(kind: string, unit: Unit, flags: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(flags)) {
    if (value === undefined || Object.hasOwn(unit.defaults, name)) continue;
    const own = Object.keys(flags).filter((flag) => Object.hasOwn(unit.defaults, flag));
    const has = own.length === 0 ? "no options here" : own.map(flagOf).join(", ");
    throw new UsageError(flagOf(name), `the ${kind} "${unit.name}" has no such option`, `leave it out; it has ${has}`);
  }
}

/** The share of right answers that may be turned away; `--unknown` alone means the usual one. */
export function parseUnknown(share: string | true | undefined): number | undefined {
  if (share === undefined) return undefined;
  if (share === true) return USUAL_UNKNOWN;
  if (Number.isFinite(Number(share))) return parseNumber("--unknown", share, "0.05");
  const fix = `write --unknown ${USUAL_UNKNOWN}, or put it last`;
  throw new UsageError("--unknown", `"${share}" is not a share of the pictures`, fix);
}

/** Of --unknown-below. */
export function parseProbability(text: string): number {
  const value = parseNumber("--unknown-below", text, "0.6");
  if (value >= 0 && value <= 1) return value;
  throw new UsageError("--unknown-below", `"${text}" is no probability`, "give a number from 0, which is never, to 1");
}

/** The values of --device. */
export const devices: Readonly<Record<string, Device | "auto">> = {
  auto: "auto",
  cpu: "cpu",
  wasm: "wasm",
  webgpu: "webgpu",
};

/**
 * A unit as it was asked for: `--optimizer adam:beta1=0.95` with the flags of its options. The options of `base` go on where
 * the same unit is meant; another unit starts from its own defaults.
 */
function continued<Kind extends string>(
  kind: Kind,
  catalogue: Catalogue,
  wanted: string | undefined,
  base: Choice<Kind> | undefined,
  fallback: string,
  flags: Readonly<Record<string, unknown>> = {},
): Choice<Kind> {
  const { unit, options } = parseUnit(`--${kind}`, kind, catalogue, wanted ?? base?.name ?? fallback);
  refuseForeign(kind, unit, flags);
  const said = saidOf(flags);
  const twice = Object.keys(said).find((name) => Object.hasOwn(options, name));
  if (twice !== undefined) {
    throw new UsageError(flagOf(twice), `--${kind} ${wanted} says it, too`, "say it once");
  }
  const before = base?.name === unit.name ? base.options : {};
  return chosen(kind, unit, { ...before, ...options, ...said });
}

/** `1e-4`, or `1e-4,0.3` with the share of l1. */
function parseElasticNet(text: string): { strength: number; ratio?: number } {
  const [strength, ratio, ...rest] = partsOf(text);
  if (rest.length > 0) {
    throw new UsageError("--elastic-net", `"${text}" has ${rest.length + 2} parts`, "write strength,share of l1");
  }
  const number = (part: string) => parseNumber("--elastic-net", part, "1e-4,0.5");
  return { strength: number(strength!), ...(ratio === undefined ? {} : { ratio: number(ratio) }) };
}

/** The regularizers of the flags; undefined when there is none, so that those of a configuration stay. */
function regularizersOf(
  flags: TrainFlags,
  base: TrainOptions["regularizer"],
): readonly RegularizerChoice[] | undefined {
  const make = (flag: string, name: string, options: object) =>
    chosen("regularizer", choose(flag, regularizers as Catalogue, name), options);
  const strength = (flag: string, text: string) => ({ strength: parseNumber(flag, text, "1e-4") });
  const given = [
    ...(flags.l1 === undefined ? [] : [make("--l1", "l1", strength("--l1", flags.l1))]),
    ...(flags.l2 === undefined ? [] : [make("--l2", "l2", strength("--l2", flags.l2))]),
    ...(flags.elasticNet === undefined
      ? []
      : [make("--elastic-net", "elastic-net", parseElasticNet(flags.elasticNet))]),
    ...(flags.maxNorm === undefined
      ? []
      : [make("--max-norm", "max-norm", { limit: parseNumber("--max-norm", flags.maxNorm, "3") })]),
  ];
  if (!flags.penalizeBiases) return given.length > 0 ? given : undefined;
  const all = given.length > 0 ? given : [base ?? []].flat();
  if (all.length === 0) {
    throw new UsageError("--penalize-biases", "there is no penalty", "add one, for example --l2 1e-4");
  }
  return all.map((one) => ({ ...one, options: { ...one.options, biases: true } }));
}

/** What only has a meaning where steps are taken. */
const ofSteps = [
  "schedule",
  "warmUp",
  "epochs",
  "steps",
  "time",
  "patience",
  "checkpointEvery",
  "batchSize",
  "accumulate",
  "clipNorm",
  "clipValue",
  "averageWeights",
] as const;

function refuseSteps(solver: string, flags: TrainFlags): void {
  const given = ofSteps.find((name) => flags[name] !== undefined);
  if (given === undefined) return;
  throw new UsageError(
    flagOf(given),
    `${solver} takes no steps over batches: it ends when the optimum is near enough`,
    `leave it out; how near is ${solver}:tolerance=1e-6`,
  );
}

/** How long the run is, in one of three units. */
function lengthOf({ epochs, steps, time }: TrainFlags): Pick<TrainOptions, "epochs" | "steps" | "time"> {
  return {
    ...(epochs === undefined ? {} : { epochs: parseNumber("--epochs", epochs, "10") }),
    ...(steps === undefined ? {} : { steps: parseNumber("--steps", steps, "2000") }),
    ...(time === undefined ? {} : { time: parseDuration("--time", time) }),
  };
}

/** A configuration, whose length gives way to one that is said. */
function withoutLength({ epochs: _epochs, steps: _steps, time: _time, ...rest }: Partial<TrainOptions>) {
  return rest;
}

function parseWeights(text: string | undefined): readonly number[] | undefined {
  return text === undefined ? undefined : partsOf(text).map((part) => parseNumber("--class-weights", part, "1,2,0.5"));
}

function parseChannels(text: string | undefined): TrainOptions["channels"] {
  if (text === undefined || text === "auto") return text;
  if (text === "1") return 1;
  if (text === "3") return 3;
  throw new UsageError("--channels", `is ${text}`, "write 1, 3 or auto; the filters of a cnn are --filters 32,64");
}

/** Who describes the filters of a cnn, or the units of an mlp, means one, without naming it again. */
function usualOf({ hidden, filters, kernel, activation }: TrainFlags, usual: "fastnet" | "mlp") {
  if (hidden !== undefined) return "mlp";
  if (filters !== undefined || kernel !== undefined) return "cnn";
  return activation !== undefined && usual === "fastnet" ? "cnn" : usual;
}

/**
 * What was said on the command line, as options of the library, on top of those of a configuration file; what nobody said
 * stays open.
 * @param usual the model where none is asked for
 */
export function trainOptions(
  data: string | undefined,
  flags: TrainFlags,
  base: Partial<TrainOptions> = {},
  usual: "fastnet" | "mlp" = "fastnet",
): TrainOptions {
  const unknown = parseUnknown(flags.unknown);
  const source = data ?? base.data;
  if (source === undefined)
    throw new UsageError("argmin train", "no data is named", "write for example argmin train photos");
  const number = (flag: string, text: string | undefined, example: string) =>
    text === undefined ? undefined : parseNumber(flag, text, example);
  const modelFlags = {
    hidden: flags.hidden === undefined ? undefined : parseList("--hidden", flags.hidden, "512,256"),
    channels: flags.filters === undefined ? undefined : parseList("--filters", flags.filters, "32,64"),
    kernel: number("--kernel", flags.kernel, "5"),
    activation: flags.activation,
    dropout: number("--dropout", flags.dropout, "0.5"),
  };
  if (flags.activation !== undefined) choose("--activation", activations, flags.activation);
  const optimizer = continued("optimizer", ways, flags.optimizer, base.optimizer, "adam", {
    learningRate: number("--learning-rate", flags.learningRate, "0.001"),
    momentum: number("--momentum", flags.momentum, "0.9"),
  });
  const solver = isSolver(optimizer.name);
  if (solver) refuseSteps(optimizer.name, flags);
  const earlier = base.optimizer?.options.schedule as Choice<"schedule"> | undefined;
  const schedule =
    flags.schedule === undefined ? earlier : continued("schedule", schedules, flags.schedule, earlier, "cosine");
  const length = lengthOf(flags);
  const given = {
    model: continued("model", models, flags.model, base.model, solver ? "linear" : usualOf(flags, usual), modelFlags),
    loss: flags.loss === undefined ? undefined : continued("loss", losses, flags.loss, base.loss, "cross-entropy"),
    classWeights: parseWeights(flags.classWeights),
    regularizer: regularizersOf(flags, base.regularizer),
    optimizer: schedule === undefined ? optimizer : { ...optimizer, options: { ...optimizer.options, schedule } },
    warmUp: number("--warm-up", flags.warmUp, "1"),
    clipNorm: number("--clip-norm", flags.clipNorm, "1"),
    clipValue: number("--clip-value", flags.clipValue, "0.5"),
    averageWeights: number("--average-weights", flags.averageWeights, "0.999"),
    augment: flags.augment === undefined ? undefined : parseAugment(flags.augment),
    ...length,
    patience: number("--patience", flags.patience, "5"),
    checkpointSeconds:
      flags.checkpointEvery === undefined ? undefined : parseDuration("--checkpoint-every", flags.checkpointEvery),
    batchSize: number("--batch-size", flags.batchSize, "64"),
    accumulate: number("--accumulate", flags.accumulate, "4"),
    size: number("--size", flags.size, "64"),
    channels: parseChannels(flags.channels),
    depth: number("--depth", flags.depth, "1"),
    fit: flags.fit === undefined ? undefined : choose("--fit", fits as Readonly<Record<string, Fit>>, flags.fit),
    split: flags.split,
    groupBy: flags.groupBy,
    unknown,
    balance:
      flags.balance === undefined
        ? undefined
        : choose("--balance", balances as Readonly<Record<string, Balance>>, flags.balance),
    seed: number("--seed", flags.seed, "1"),
    device: flags.device === undefined ? undefined : choose("--device", devices, flags.device),
    threads: number("--threads", flags.threads, "2"),
    cache: flags.cache,
    pictureMemory: number("--picture-memory", flags.pictureMemory, "4096"),
    report: flags.report === false ? false : undefined,
  };
  const others = Object.keys(length).length > 0 ? withoutLength(base) : base;
  return { ...others, data: source, ...(saidOf(given) as Partial<TrainOptions>) };
}
