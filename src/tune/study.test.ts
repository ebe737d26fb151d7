import { describe, expect, test } from "vitest";
import type { Parameter } from "../space/index.ts";
import { Space } from "../space/index.ts";
import { coordinate } from "./coordinate.ts";
import { MemoryStorage } from "./memory-storage.ts";
import type { Named, StudySpec, TrialRecord } from "./storage.ts";
import { type Rules, Study } from "./study.ts";
import { type Perform, work } from "./work.ts";

const parameters: Record<string, Parameter> = {
  optimizer: { kind: "choice", choices: ["sgd", "adam"] },
  momentum: { kind: "float", low: 0, high: 0.99, when: { parameter: "optimizer", is: ["sgd"] } },
  rate: { kind: "float", low: 1e-4, high: 1, log: true },
};
const space = { parameters, fill: {} };

const spec = (given: Partial<StudySpec> = {}): StudySpec => ({
  name: "first",
  seed: 7,
  sampler: { name: "random", options: {} },
  pruner: { name: "none", options: {} },
  objectives: [{ metric: "loss", direction: "minimize" }],
  constraints: [],
  pruneBy: { metric: "loss", direction: "minimize" },
  steps: 6,
  fingerprint: "data",
  experiment: null,
  ...given,
});

/** The further a rate is from 0.01 the larger the loss, which falls with every step. */
const lossOf = ({ configuration }: TrialRecord, step: number) =>
  Math.abs(Math.log10(configuration.rate as number) + 2) + 1 / step;

/** Reports a falling loss, step after step from where it was, with a moment between them. */
const perform: Perform = async ({ trial, signal, report }) => {
  for (let step = trial.step + 1; step <= 6; step++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) return {};
    report(step, { loss: lossOf(trial, step) });
    // Its report is on the way: the next step may begin before the verdict.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { loss: lossOf(trial, 6), size: 100 * (trial.configuration.rate as number) };
};

interface Search {
  readonly budget?: number;
  readonly slots?: number;
  readonly perform?: Perform;
  readonly signal?: AbortSignal;
  readonly leaseMs?: number;
}

async function search(study: Study, given: Search = {}) {
  const { budget = 12, slots = 1, signal = new AbortController().signal, leaseMs = 5000 } = given;
  const running = new Set<Promise<unknown>>();
  const result = await coordinate(study, {
    ...{ budget, signal, pollMs: 2 },
    slots: () => slots,
    send: (number) => {
      const options = { worker: "w", perform: given.perform ?? perform, folderOf: String, signal, leaseMs };
      const one = work(study, number, options).finally(() => running.delete(one));
      running.add(one);
    },
  });
  await Promise.all(running);
  await study.refresh();
  return result;
}

const made = (given: Partial<StudySpec> = {}, rules?: Rules & { first?: TrialRecord["configuration"][] }) =>
  Study.create(new MemoryStorage(), spec(given), space, rules);

describe("a search", () => {
  test("tries what is asked for first, then as many as there are to be, each to its end", async () => {
    const first = { optimizer: "adam", rate: 0.5 };
    const study = await made({}, { first: [first] });
    expect(await search(study)).toEqual({ reason: "budget", open: 0 });
    expect(study.trials.map(({ state, step }) => [state, step])).toEqual(new Array(12).fill(["complete", 6]));
    expect(study.trials[0]).toMatchObject({ configuration: first, origin: "enqueued", token: 1, seed: 7 });
    const [best] = study.best();
    for (const trial of study.trials) expect(best.metrics.loss).toBeLessThanOrEqual(trial.metrics.loss);
  });

  test.each<[string, Named, Named]>([
    ["random", { name: "random", options: {} }, { name: "none", options: {} }],
    ["sobol with pauses", { name: "sobol", options: {} }, { name: "asha", options: {} }],
  ])(
    "%s: each suggestion can be made again from what was seen, after a search in parallel",
    async (_, sampler, pruner) => {
      const study = await made({ sampler, pruner });
      await search(study, { slots: 4, budget: 15 });
      const again = await Study.open(study.storage, "first");
      let inParallel = 0;
      for (const { number, configuration, seen } of again.trials) {
        expect(again.suggest(number, seen!)).toEqual(configuration);
        inParallel = Math.max(inParallel, seen!.open.length);
      }
      expect(inParallel).toBe(3);
    },
  );

  test("goes through a finite space and says that nothing is left", async () => {
    const parameters: Record<string, Parameter> = { rate: { kind: "choice", choices: [0.1, 0.01, 0.001] } };
    const study = await Study.create(new MemoryStorage(), spec(), { parameters, fill: {} });
    expect(await search(study)).toEqual({ reason: "exhausted", open: 0 });
    expect(study.best()[0].configuration).toEqual({ rate: 0.01 });
  });

  test("paused trials go on from the step that they had reached, and the rest is pruned at the end", async () => {
    const study = await made({ pruner: { name: "asha", options: {} } });
    const begun: number[] = [];
    await search(study, {
      perform: (task) => {
        begun.push(task.trial.step);
        return perform(task);
      },
    });
    const states = study.trials.map(({ state, step }) => `${state} ${step}`);
    expect(states.filter((one) => one === "complete 6").length).toBeGreaterThan(0);
    expect(states.filter((one) => one === "pruned 1").length).toBeGreaterThan(3);
    expect(new Set(begun)).toEqual(new Set([0, 1, 2]));
    // Every step of each was reported once, in order.
    for (const { number, step } of study.trials) {
      expect([...study.curves.get(number)!.keys()]).toEqual(Array.from({ length: step }, (_, i) => i + 1));
    }
  });

  test("a trial that fails keeps its error, and the search goes on", async () => {
    const study = await made();
    await search(study, {
      perform: async (task) => {
        if (task.trial.number % 3 === 1) throw new Error(`the loss became NaN in ${task.trial.number}`);
        return await perform(task);
      },
    });
    const failed = study.trials.filter(({ state }) => state === "failed");
    expect(failed.map(({ error }) => error)).toEqual([1, 4, 7, 10].map((n) => `the loss became NaN in ${n}`));
    expect(study.trials).toHaveLength(12);
  });

  test("is given up when every trial fails", async () => {
    const study = await made();
    const wrong = async () => {
      throw new Error("no such data");
    };
    await expect(search(study, { perform: wrong })).rejects.toThrow("all 5 trials failed; the last: no such data");
  });

  test("that is wanted to pause finishes what runs, begins nothing new, and goes on when it is wanted again", async () => {
    const study = await made();
    const { id } = study.record;
    const pausing: Perform = async (task) => {
      if (task.trial.number === 2) await study.storage.want(id, "pause");
      return await perform(task);
    };
    expect(await search(study, { perform: pausing })).toEqual({ reason: "paused", open: 0 });
    expect(study.trials.map(({ state, step }) => [state, step])).toEqual(new Array(3).fill(["complete", 6]));
    expect(await search(study)).toEqual({ reason: "paused", open: 0 });
    expect(study.trials).toHaveLength(3);
    await study.storage.want(id, "run");
    expect(await search(study, { budget: 5 })).toEqual({ reason: "budget", open: 0 });
    expect(study.trials).toHaveLength(5);
  });

  test("that is wanted to stop ends at once and leaves its trials open", async () => {
    const study = await made();
    const stopping: Perform = async (task) => {
      if (task.trial.number === 1) await study.storage.want(study.record.id, "stop");
      await new Promise((resolve) => setTimeout(resolve, task.trial.number === 1 ? 50 : 0));
      return await perform(task);
    };
    expect(await search(study, { perform: stopping })).toEqual({ reason: "paused", open: 1 });
  });

  test("that is stopped gives its trials back, and they go on another time", async () => {
    const study = await made();
    const stop = new AbortController();
    let steps = 0;
    const stopping: Perform = (task) =>
      perform({
        ...task,
        report: (step, metrics) => {
          task.report(step, metrics);
          if (++steps === 9) stop.abort();
        },
      });
    expect((await search(study, { perform: stopping, signal: stop.signal })).reason).toBe("stopped");
    expect(study.trials.map(({ state, step }) => [state, step])).toEqual([
      ["complete", 6],
      ["waiting", 3],
    ]);
    const later = await Study.open(study.storage, "first");
    const begun: number[] = [];
    await search(later, {
      budget: 3,
      perform: (task) => {
        begun.push(task.trial.step);
        return perform(task);
      },
    });
    expect(begun).toEqual([3, 0]);
    expect(later.trials.map(({ state, step }) => [state, step])).toEqual(new Array(3).fill(["complete", 6]));
  });
});

describe("a worker that was thought dead", () => {
  test("changes nothing any more: its trial is another's", async () => {
    const study = await made();
    const next = await study.next(new Set());
    expect(next).toEqual({ kind: "trial", number: 0 });
    let reported = 0;
    let resume = () => {};
    const stalled = new Promise<void>((resolve) => {
      resume = resolve;
    });
    const slow = work(study, 0, {
      ...{ worker: "slow", folderOf: String, leaseMs: 100_000 },
      perform: async ({ report, trial }) => {
        report(1, { loss: 1 });
        await stalled;
        report(2, { loss: -99 });
        return { loss: -99, ...trial.metrics };
      },
      onReport: () => reported++,
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(reported).toBe(1);
    expect(await study.storage.release(0, 3, ["slow"])).toEqual({ waiting: [0], stale: [] });
    const options = { worker: "quick", perform, folderOf: String };
    expect(await work(study, 0, options)).toBe("complete");
    resume();
    expect(await slow).toBe("lost");
    await study.refresh();
    expect(study.trials[0]).toMatchObject({ state: "complete", worker: "quick", token: 2, lost: 1 });
    expect(study.trials[0].metrics.loss).toBeGreaterThan(0);
    expect(study.curves.get(0)!.get(2)!.loss).toBeGreaterThan(0);
  });

  test("a trial that is lost again and again is given up, and its configuration may be tried again", async () => {
    const parameters: Record<string, Parameter> = { rate: { kind: "choice", choices: [0.1] } };
    const study = await Study.create(new MemoryStorage(), spec(), { parameters, fill: {} });
    await study.next(new Set());
    for (let time = 0; time < 2; time++) {
      await study.storage.claim(0, 0, "w", 10_000, "0");
      const released = await study.storage.release(0, 1, ["w"]);
      expect(released).toEqual(time === 0 ? { waiting: [0], stale: [] } : { waiting: [], stale: [0] });
    }
    await study.refresh();
    expect(await study.next(new Set(), 1)).toEqual({ kind: "trial", number: 1 });
  });
});

describe("what a study knows", () => {
  test("limits that are computed are never tried, those that are measured choose the best", async () => {
    const constraints = [
      { metric: "width", atMost: 0.01 },
      { metric: "size", atMost: 0.1 },
    ];
    const allows: Rules["allows"] = (_, given) => (one) => (one.rate as number) <= given[0].atMost;
    const study = await made({ constraints }, { allows, computed: ["width"] });
    await search(study, { budget: 20 });
    for (const { configuration } of study.trials) expect(configuration.rate).toBeLessThanOrEqual(0.01);
    const inside = study.trials.filter(({ metrics }) => metrics.size <= 0.1);
    expect(inside.length).toBeLessThan(20);
    expect(
      study
        .ranked()
        .map(({ number }) => number)
        .sort(),
    ).toEqual(inside.map(({ number }) => number).sort());
  });

  test("what is expected of the good ones is on the scale of the objective", async () => {
    const tell: Perform = async (task) => ({ accuracy: 3 - lossOf(task.trial, 6) });
    const study = await made({ objectives: [{ metric: "accuracy", direction: "maximize" }] });
    await search(study, { budget: 9, perform: tell });
    expect(study.expected()).toEqual([]);
    await search(study, { budget: 25, perform: tell });
    const [best, ...others] = study.expected();
    expect(Math.abs(best.mean - study.trials[best.number].metrics.accuracy)).toBeLessThan(0.3);
    expect(others.every(({ mean }) => mean <= best.mean)).toBe(true);
    expect(others.length).toBeGreaterThan(8);
  });

  test("two objectives have a front", async () => {
    const objectives = [
      { metric: "loss", direction: "minimize" },
      { metric: "size", direction: "minimize" },
    ] as const;
    const study = await made({ objectives });
    await search(study, { budget: 20 });
    const front = study.best();
    expect(study.expected()).toEqual([]);
    // Below a rate of 0.01 a smaller one is smaller and worse; above it is larger and worse.
    expect(front.every(({ configuration }) => (configuration.rate as number) <= 0.03)).toBe(true);
    expect(front.length).toBeGreaterThan(2);
  });

  test("a space that grows keeps what was tried, with what it had in the new parameters", async () => {
    const study = await made();
    await search(study, { budget: 5 });
    const wider = { ...parameters, decay: { kind: "float", low: 0, high: 1 } as const };
    await study.widen({ parameters: wider, fill: { decay: 0 } });
    await search(study, { budget: 8 });
    const later = await Study.open(study.storage, "first");
    const whole = new Space(wider);
    for (const trial of later.trials.slice(5)) expect(whole.checked(trial.configuration)).toBeDefined();
    for (const { number, seen, configuration } of later.trials) {
      expect(later.suggest(number, seen!)).toEqual(configuration);
    }
  });

  test("what an earlier study found counts, and is not run", async () => {
    const study = await made();
    await study.adopt({ optimizer: "adam", rate: 0.01 }, { loss: 0.001 });
    await search(study, { budget: 3 });
    expect(study.trials.map(({ origin }) => origin)).toEqual(["imported", "sampler", "sampler", "sampler"]);
    expect(study.best()[0].number).toBe(0);
  });

  test("is refused where it is wrong", async () => {
    const storage = new MemoryStorage();
    await Study.create(storage, spec(), space);
    await expect(Study.create(storage, spec(), space)).rejects.toThrow("there is a study of that name already");
    await expect(Study.open(storage, "second")).rejects.toThrow("there is no such study");
    await expect(
      Study.create(storage, spec({ name: "x", sampler: { name: "gpp", options: {} } }), space),
    ).rejects.toThrow();
    const low = { parameters: { rate: { kind: "float", low: 1, high: 0 } as const }, fill: {} };
    await expect(Study.create(storage, spec({ name: "y" }), low)).rejects.toThrow("goes from 1 down to 0");
    expect(await storage.studies()).toHaveLength(1);
  });
});
