import { models } from "../../models/index.ts";
import { choice, type Parameter, type ParameterValue } from "../../space/index.ts";
import type { TrainOptions } from "../options.ts";
import { compose, type SearchSpace } from "./compose.ts";
import type { DataFacts } from "./facts.ts";
import { type KnownParameters, kinds, knownParameters, saidIn } from "./parameters.ts";
import { type Kind, solverOf, unitsOf } from "./units.ts";

/**
 * Units that a search chooses from unless told otherwise; every other one is a line of a space file away. The search begins with
 * what a run has by default, and each further choice is paid in trials:
 * - models: for pictures neither the linear one, where a network is always better, nor the vision transformer, which needs far more
 *   pictures than most people have (Dosovitskiy et al. 2020, section 4.3), nor the residual network, whose trials take so long that a
 *   few would use up the whole search; all that read numbers for numbers;
 * - optimizers: Adam; Adam with decoupled weight decay, which is the better penalty for it; and Nesterov's momentum, with which
 *   most networks of pictures have won their contests;
 * - schedules: half a cosine, and up and down again. Others end too high (constant), or need milestones that fit the run.
 */
const usualChoices: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  loss: [],
  optimizer: ["adam", "adamw", "nesterov"],
  schedule: ["cosine", "one-cycle"],
};

/**
 * What `argmin tune` searches without a file. What the user said is not searched: a named unit stays, and so does an option that is
 * not its default; `said` names what was said although it is the default (`adam.learningRate`).
 * An optimizer whose options are a schedule and nothing else says the schedule alone.
 *
 * At most fourteen parameters count at the same time: which optimizer with its rate and its penalty, schedule, batch size, label
 * smoothing, dropout, the shape of the model and, of models for pictures, the preset of augmentations. With twenty to a hundred trials no sampler can tell
 * apart many more, and these are the ones that decide most; momenta, the β of Adam, activations and the ends of schedules have
 * defaults that are hard to beat. The space holds more parameters than count at once, since each optimizer and model has its own.
 */
export function defaultSpace(options: TrainOptions, facts: DataFacts, said: Iterable<string> = []): SearchSpace {
  const known = knownParameters(options, facts);
  return compose(wantedByDefault(options, facts, known, new Set([...saidIn(options, facts), ...said])), known);
}

/** Everything of all catalogues that is not said. */
export function fullSpace(options: TrainOptions, facts: DataFacts, said: Iterable<string> = []): SearchSpace {
  const known = knownParameters(options, facts);
  const fixed = new Set([...saidIn(options, facts), ...said]);
  const all = Object.entries(known).flatMap(([name, { range }]) =>
    range === undefined || fixed.has(name) ? [] : [[name, range] as const],
  );
  return compose(Object.fromEntries(all), known);
}

/** Choices that are searched in place of the usual ones, or instead of none. */
export type Chosen = Readonly<Record<string, readonly ParameterValue[]>>;

/**
 * The parameters of the default space. Each unit that may take part brings those with which its search begins.
 * @param chosen by a space file, of catalogues and of units that are there or not
 */
export function wantedByDefault(
  options: TrainOptions,
  facts: DataFacts,
  known: KnownParameters,
  said: ReadonlySet<string>,
  chosen: Chosen = {},
): Record<string, Parameter> {
  const wanted: Record<string, Parameter> = {};
  const add = (name: string, range: Parameter) => {
    if (!said.has(name)) wanted[name] = range;
  };
  const addFirst = (which: (name: string) => boolean) => {
    for (const [name, { first, firstRange, range }] of Object.entries(known)) {
      if (first && which(name)) add(name, firstRange ?? range!);
    }
  };
  const addUnit = (unit: string) => addFirst((name) => name.startsWith(`${unit}.`));
  for (const kind of kinds) {
    if (known[kind] === undefined) continue;
    const choices = (chosen[kind] as string[] | undefined) ?? choicesOf(kind, known, options, facts, said);
    // Which model is usual depends on the data, so that a configuration has to name it.
    const named = chosen[kind] !== undefined || choices.length > 1 || (kind === "model" && options.model === undefined);
    if (named) wanted[kind] = choice(...choices);
    for (const unit of choices) addUnit(unit);
  }
  const penalty = penaltyOf(options, known, wanted.optimizer);
  if (penalty !== undefined && !said.has("l2")) {
    wanted.l2 = penalty;
    addUnit("l2");
  }
  for (const [name, choices] of Object.entries(chosen)) {
    if (kinds.includes(name as Kind)) continue;
    const { when } = known[name];
    wanted[name] = { ...choice(...choices), ...(when ? { when } : {}) };
    if (choices.includes(true)) addUnit(name);
  }
  addFirst((name) => !name.includes("."));
  // What does not know that pixels are neighbours learns a shifted picture as another one, and in a short run sees too few of each:
  // Fashion-MNIST, mlp, ten epochs, one seed, validation: 90.7 % without, 88.8 % with light (and 768, 512 units for 512, 256). Pictures that
  // are mixed with each other need no neighbours, and keep a wide one from learning its few pictures by heart.
  const { model } = options;
  const mixes = model !== undefined && !forPictures.includes(model.name) && !said.has("augment");
  if (mixes && known.mixup?.range !== undefined) add("mixup", known.mixup.range);
  if (wanted.augment !== undefined) {
    const models = wanted.model?.kind === "choice" ? wanted.model.choices : [known.model.usual];
    const is = forPictures.filter((name) => models.includes(name));
    wanted.augment = { ...wanted.augment, when: { parameter: "model", is } };
  }
  return wanted;
}

/** Models that work on pictures as pictures. */
const forPictures = Object.values(models).flatMap(({ name, picturesOnly }) => (picturesOnly ? [name] : []));

/** Models for pictures that are searched only where they are named. */
const rarelyBest = ["linear", "fastnet", "resnet", "vit"];

/** The units of a catalogue that a search chooses from, the usual one first. */
function choicesOf(
  kind: Kind,
  known: KnownParameters,
  options: TrainOptions,
  facts: DataFacts,
  said: ReadonlySet<string>,
): string[] {
  const usual = known[kind].usual as string;
  const suiting = Object.keys(unitsOf(kind, options, facts));
  const others = usualChoices[kind] ?? (facts.numbers ? suiting : suiting.filter((name) => !rarelyBest.includes(name)));
  return [usual, ...(said.has(kind) ? [] : others.filter((name) => name !== usual && suiting.includes(name)))];
}

/** One penalty, l2; but beside no optimizer that decays the weights itself, since that would be one and the same twice. */
function penaltyOf(
  options: TrainOptions,
  known: KnownParameters,
  optimizer: Parameter | undefined,
): Parameter | undefined {
  const solver = solverOf(options);
  if (solver !== undefined) return solver.needsL2 ? choice(true) : choice(false, true);
  const names = optimizer?.kind === "choice" ? optimizer.choices : [known.optimizer.usual!];
  const without = names.filter((name) => !(Number(known[`${name}.weightDecay`]?.usual ?? 0) > 0));
  if (without.length === 0) return undefined;
  return { ...choice(false, true), when: { parameter: "optimizer", is: without } };
}
