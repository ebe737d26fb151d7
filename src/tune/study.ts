import { choose, UsageError } from "../core/index.ts";
import { type Configuration, Space } from "../space/index.ts";
import { type Expected, expected } from "./gp/expected.ts";
import { frontOf, minimized } from "./objective.ts";
import type { Progress, Race } from "./pruner.ts";
import { pruners } from "./pruners/index.ts";
import type { Ask } from "./sampler.ts";
import { samplers } from "./samplers/index.ts";
import {
  type Constraint,
  ended,
  type NewTrial,
  type Seen,
  type SpaceVersion,
  type StudyRecord,
  type StudySpec,
  type StudyStorage,
  type TrialRecord,
} from "./storage.ts";
import { type Curves, progressOf, seenOf, trialsAt } from "./view.ts";

/** What a study does not keep, because it is code. */
export interface Rules {
  /** Whether a configuration keeps the constraints that can be computed; all do, unless said. */
  readonly allows?: (space: Space, constraints: readonly Constraint[]) => (configuration: Configuration) => boolean;
  /** Metrics whose constraints `allows` looks at; the others are measured, and modelled. */
  readonly computed?: readonly string[];
}

/** What is to be done next: run a trial, or know that there is nothing left to try. */
export type Next = { readonly kind: "trial"; readonly number: number } | { readonly kind: "exhausted" };

/** A search, as it stands in a storage: what is tried next is a function of what has been tried. */
export class Study {
  readonly storage: StudyStorage;
  #record: StudyRecord;
  readonly #rules: Rules;
  #trials: TrialRecord[] = [];
  readonly #curves = new Map<number, Map<number, Readonly<Record<string, number>>>>();
  #space: Space;

  private constructor(storage: StudyStorage, record: StudyRecord, rules: Rules) {
    this.storage = storage;
    this.#record = record;
    this.#rules = rules;
    this.#space = new Space(record.spaces.at(-1)!.parameters);
  }

  /**
   * A new study.
   * @param first configurations that are tried before any that a sampler thinks of, such as the defaults
   * @throws UsageError where there is a study of that name, for an unknown sampler or pruner, or a configuration outside the space
   */
  static async create(
    storage: StudyStorage,
    spec: StudySpec,
    space: SpaceVersion,
    { first = [], ...rules }: Rules & { readonly first?: readonly Configuration[] } = {},
  ): Promise<Study> {
    choose("sampler", samplers, spec.sampler.name);
    choose("pruner", pruners, spec.pruner.name);
    const checked = new Space(space.parameters);
    const configurations = first.map((one) => checked.checked(one));
    const study = new Study(storage, await storage.createStudy(spec, space), rules);
    for (const configuration of configurations) await study.#add({ configuration, origin: "enqueued", seen: null });
    return study;
  }

  /** @throws UsageError where there is none of that name */
  static async open(storage: StudyStorage, name: string, rules: Rules = {}): Promise<Study> {
    const record = await storage.study(name);
    if (record === undefined) {
      const names = (await storage.studies()).map((study) => study.name);
      const fix = names.length === 0 ? "start one with argmin tune" : `there are ${names.slice(0, 5).join(", ")}`;
      throw new UsageError(name, "there is no such study", fix);
    }
    const study = new Study(storage, record, rules);
    await study.refresh();
    return study;
  }

  get record(): StudyRecord {
    return this.#record;
  }

  /** The one that configurations come from now. */
  get space(): Space {
    return this.#space;
  }

  /** As of the last `refresh`. */
  get trials(): readonly TrialRecord[] {
    return this.#trials;
  }

  get curves(): Curves {
    return this.#curves;
  }

  /** Reads what has changed. Trials that have ended are not read again. */
  async refresh(): Promise<void> {
    const from = this.#trials.length;
    const open = this.#trials.filter(({ state }) => !ended.has(state)).map(({ number }) => number);
    const changed = await this.storage.trials(this.#record.id, from, open);
    for (const trial of changed) this.#trials[trial.number] = trial;
    const reporting = changed.filter(({ step, number }) => step > 0 && step !== this.#lastStep(number));
    if (reporting.length === 0) return;
    // Of very many trials all is read at once: a list of their numbers would be longer than what it saves.
    const all = reporting.length > 500;
    const numbers = all ? undefined : reporting.map(({ number }) => number);
    for (const { trial, step, metrics } of await this.storage.reports(this.#record.id, numbers)) {
      const curve = this.#curves.get(trial) ?? new Map<number, Readonly<Record<string, number>>>();
      this.#curves.set(trial, curve.set(step, metrics));
    }
  }

  #lastStep(number: number): number {
    return Math.max(0, ...(this.#curves.get(number)?.keys() ?? []));
  }

  /** Searches a changed space from now on. */
  async widen(space: SpaceVersion): Promise<void> {
    const checked = new Space(space.parameters);
    await this.storage.addSpace(this.#record.id, space);
    this.#record = { ...this.#record, spaces: [...this.#record.spaces, space] };
    this.#space = checked;
  }

  /** Adds a trial of the user's, which the next one to ask is given. */
  async enqueue(configuration: Configuration): Promise<void> {
    await this.#add({ configuration: this.#space.checked(configuration), origin: "enqueued", seen: null });
  }

  /** Takes over what an earlier study or run has found: it counts as a trial, and need not be run. */
  async adopt(configuration: Configuration, metrics: Readonly<Record<string, number>>): Promise<void> {
    const outcome = { state: "complete", metrics } as const;
    await this.#add({ configuration: this.#space.checked(configuration), origin: "imported", seen: null, outcome });
  }

  async #add(trial: Omit<NewTrial, "number" | "space" | "seed" | "toStep">): Promise<TrialRecord> {
    for (;;) {
      await this.refresh();
      const added = await this.#tryAdd(this.#trials.length, trial);
      if (added !== undefined) return added;
    }
  }

  async #tryAdd(number: number, trial: Omit<NewTrial, "number" | "space" | "seed" | "toStep">) {
    const { id, seed, spaces, pruner } = this.#record;
    const { stop, defaults } = choose("pruner", pruners, pruner.name);
    const toStep = stop(0, this.race(true), { ...defaults, ...pruner.options });
    const added = await this.storage.addTrial(id, { number, space: spaces.length - 1, seed, toStep, ...trial });
    if (added !== undefined) this.#trials[number] = added;
    return added;
  }

  /**
   * The trials as a pruner sees them.
   * @param more whether new ones may still be begun
   */
  race(more: boolean): Race {
    const { pruneBy, steps } = this.#record;
    const [trials, curves] = [this.#trials, this.#curves];
    let progress: readonly Progress[] | undefined;
    // A pruner that does not look at them need not pay for them: of a thousand trials that is most of an ask.
    return {
      ...{ steps, more },
      get trials() {
        progress ??= progressOf(trials, curves, pruneBy);
        return progress;
      },
    };
  }

  /**
   * What to do next: a trial that waits already, a paused one that its pruner lets go on, or a new one.
   * @param handed numbers of waiting trials that somebody has been told of
   * @param budget how many trials there are to be in all; with it reached, only those that are there go on
   * @returns undefined where there is nothing to do until something ends
   */
  async next(handed: { has(number: number): boolean }, budget: number | null = null): Promise<Next | undefined> {
    for (;;) {
      await this.refresh();
      const waiting = this.#trials.find(({ number, state }) => state === "waiting" && !handed.has(number));
      if (waiting !== undefined) return { kind: "trial", number: waiting.number };
      const more = budget === null || this.#begun < budget;
      const promoted = await this.#promoted(more);
      if (promoted !== undefined) return promoted;
      if (!more) return undefined;
      const number = this.#trials.length;
      const seen = seenOf(this.#trials, budget);
      const configuration = this.suggest(number, seen);
      if (configuration === undefined) return (await this.#promoted(false)) ?? { kind: "exhausted" };
      // Another process may have taken the number: then it knows of one trial more, and so must this one.
      const added = await this.#tryAdd(number, { configuration, origin: "sampler", seen });
      if (added !== undefined) return { kind: "trial", number };
    }
  }

  /** A paused trial that goes on. */
  async #promoted(more: boolean): Promise<Next | undefined> {
    const { id, pruner } = this.#record;
    const { promote, defaults } = choose("pruner", pruners, pruner.name);
    for (;;) {
      const promoted = promote(this.race(more), { ...defaults, ...pruner.options });
      if (promoted === undefined) return undefined;
      const { number, toStep } = promoted;
      if (await this.storage.promote(id, number, toStep)) return { kind: "trial", number };
      // Another process has let it go on.
      await this.refresh();
    }
  }

  /** Trials that count for a budget: those that were lost for good, and those of earlier studies, do not. */
  get #begun(): number {
    return this.#trials.filter(({ state, origin }) => state !== "stale" && origin !== "imported").length;
  }

  /**
   * What the sampler thinks of at a moment of the study; of a trial that is there already, what it thought.
   * @returns undefined where nothing is left to try
   */
  suggest(number: number, seen: Seen): Configuration | undefined {
    const unit = choose("sampler", samplers, this.#record.sampler.name);
    return unit.ask(this.#request(number, seen), { ...unit.defaults, ...this.#record.sampler.options });
  }

  /**
   * Complete trials by what a Gaussian process believes of them, the best first; `mean` and `deviation` on the
   * scale of the objective. Nothing where there are two objectives, or too few trials.
   */
  expected(): Expected[] {
    const { objectives } = this.#record;
    if (objectives.length > 1) return [];
    const sign = objectives[0].direction === "minimize" ? 1 : -1;
    return expected(this.#request(this.#trials.length, seenOf(this.#trials, null)))
      .filter(({ number }) => this.#trials[number].state === "complete")
      .map(({ mean, ...rest }) => ({ mean: sign * mean, ...rest }));
  }

  #request(number: number, seen: Seen): Ask {
    const { seed, constraints, spaces } = this.#record;
    const own = this.#trials[number];
    const space = own === undefined ? this.#space : new Space(spaces[own.space].parameters);
    // A space that came later fills nothing that its sampler knew of.
    const record = { ...this.#record, spaces: spaces.slice(0, (own?.space ?? spaces.length - 1) + 1) };
    const { allows, computed = [] } = this.#rules;
    const limits = constraints.filter(({ metric }) => !computed.includes(metric));
    return {
      ...{ space, seed, number },
      trials: trialsAt(record, this.#trials, this.#curves, seen, number),
      ...(seen.budget === null ? {} : { budget: seen.budget }),
      ...(allows === undefined ? {} : { allows: allows(space, constraints) }),
      ...(limits.length === 0 ? {} : { limits: Object.fromEntries(limits.map((one) => [one.metric, one.atMost])) }),
    };
  }

  /** Whether what was measured keeps all constraints. */
  feasible({ metrics }: Pick<TrialRecord, "metrics">): boolean {
    return this.#record.constraints.every(({ metric, atMost }) => !(metrics[metric] > atMost));
  }

  /** Complete trials that keep the constraints, the best first; of equals the earlier one. */
  ranked(): TrialRecord[] {
    const [first] = this.#record.objectives;
    const value = (trial: TrialRecord) => minimized(first, trial.metrics);
    return this.#trials
      .filter((trial) => trial.state === "complete" && Number.isFinite(value(trial)) && this.feasible(trial))
      .sort((a, b) => value(a) - value(b) || a.number - b.number);
  }

  /** The trials that none is better than: one, or with two objectives the Pareto front, the best in the first one first. */
  best(): TrialRecord[] {
    const ranked = this.ranked();
    const { objectives } = this.#record;
    if (objectives.length === 1) return ranked.slice(0, 1);
    const points = ranked.map(({ metrics }) => objectives.map((objective) => minimized(objective, metrics)));
    return frontOf(points).map((index) => ranked[index]);
  }
}
