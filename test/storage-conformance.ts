/** Long, being one suite: what every storage of studies must do, whatever keeps it. Run over SQLite and a real PostgreSQL. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { NewTrial, SpaceVersion, StudySpec, StudyStorage } from "../src/tune/index.ts";

export const space: SpaceVersion = {
  parameters: { rate: { kind: "float", low: 1e-5, high: 1, log: true }, width: { kind: "int", low: 1, high: 9 } },
  fill: {},
};

export const spec = (name: string): StudySpec => ({
  name,
  seed: 2 ** 40 + 1,
  sampler: { name: "random", options: {} },
  pruner: { name: "none", options: {} },
  objectives: [{ metric: "error", direction: "minimize" }],
  constraints: [{ metric: "parameters", atMost: 20_000 }],
  steps: 9,
  pruneBy: { metric: "valLoss", direction: "minimize" },
  fingerprint: "f00d",
  experiment: { model: { name: "mlp", hidden: [8, 8] }, z: 1, a: null },
});

export const trial = (number: number, more: Partial<NewTrial> = {}): NewTrial => ({
  number,
  configuration: { rate: 0.1 + number / 1000, width: 3 },
  space: 0,
  origin: "sampler",
  seen: { ended: [[0, 3]], open: [5], paused: [[4, 2]], budget: 40 },
  seed: 4_000_000_000 + number,
  toStep: 9,
  ...more,
});

const LEASE = 60_000;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
let studies = 0;

/**
 * @param open gives a further connection to one and the same database
 * @param inText whether it keeps text, which not everything can be told by
 */
export function storageConformance(kind: string, open: () => Promise<StudyStorage>, inText = true): void {
  describe(`a storage in ${kind}`, () => {
    let [storage, other]: StudyStorage[] = [];
    let [name, study] = ["", 0];

    beforeAll(async () => {
      [storage, other] = [await open(), await open()];
    });
    afterAll(async () => {
      await storage?.close();
      await other?.close();
    });
    beforeEach(async () => {
      name = `study ${studies++}`;
      study = (await storage.createStudy(spec(name), space)).id;
    });

    /** Adds and takes a trial. */
    async function begun(number: number, leaseMs = LEASE, worker = "anna") {
      await storage.addTrial(study, trial(number));
      const taken = await storage.claim(study, number, worker, leaseMs, `runs/${number}`);
      return { study, trial: number, token: taken!.token };
    }
    const one = async (number: number) => (await other.trials(study, number)).find((of) => of.number === number)!;

    describe("studies", () => {
      test("come back as they were made", async () => {
        const made = await storage.study(name);
        expect(made).toEqual({ ...spec(name), id: study, created: made!.created, spaces: [space] });
        expect(Math.abs(made!.created - Date.now())).toBeLessThan(60_000);
        expect(await other.study(name)).toEqual(made);
      });

      test("keep the order of keys", async () => {
        const made = await storage.study(name);
        expect(Object.keys(made!.spaces[0].parameters)).toEqual(["rate", "width"]);
        expect(JSON.stringify(made!.experiment)).toBe(JSON.stringify(spec(name).experiment));
      });

      test("are undefined where nobody made them", async () => {
        expect(await storage.study("no such study")).toBeUndefined();
      });

      test("are listed, the newest first", async () => {
        const later = await other.createStudy(spec(`${name} b`), space);
        const listed = await storage.studies();
        expect(listed.slice(0, 2).map((of) => of.name)).toEqual([`${name} b`, name]);
        expect(listed[0]).toEqual(later);
      });

      test("have names of their own: of two who make one at the same time, one does", async () => {
        await expect(storage.createStudy(spec(name), space)).rejects.toThrow(
          /of that name already; choose another --name/,
        );
        const made = [storage, other, storage, other].map((of) => of.createStudy(spec(`${name} both`), space));
        const settled = await Promise.allSettled(made);
        expect(settled.filter((of) => of.status === "fulfilled")).toHaveLength(1);
        expect((await storage.study(`${name} both`))!.spaces).toHaveLength(1);
      });

      test("grow: a space that is added is the last, and trials name it", async () => {
        const wider = { ...space, fill: { depth: 2 } };
        expect(await storage.addSpace(study, wider)).toBe(1);
        await storage.addTrial(study, trial(0, { space: 1 }));
        expect((await other.study(name))!.spaces).toEqual([space, wider]);
        expect((await one(0)).space).toBe(1);
      });

      test("grow one space at a time", async () => {
        const fills = [1, 2, 3, 4, 5, 6].map((depth) => ({ ...space, fill: { depth } }));
        const places = await Promise.all(fills.map((of, n) => (n % 2 ? storage : other).addSpace(study, of)));
        expect([...places].sort()).toEqual([1, 2, 3, 4, 5, 6]);
        const { spaces } = (await storage.study(name))!;
        expect(places.map((place) => spaces[place])).toEqual(fills);
      });

      if (inText)
        test("refuse a number that JSON would lose, and a name that cannot be kept; nothing is left of them", async () => {
          const wrong = { ...spec("lost"), experiment: { rate: Number.NaN } };
          await expect(storage.createStudy(wrong, space)).rejects.toThrow('study "lost": rate is NaN, which cannot be');
          for (const bad of ["", " ", "a\0b", "\ud800", "x".repeat(201)]) {
            await expect(storage.createStudy(spec(bad), space)).rejects.toThrow(/this name (is|has).*; choose another/);
          }
          expect(await storage.study("lost")).toBeUndefined();
        });
    });

    describe("trials", () => {
      test("come back as they were added, waiting", async () => {
        const added = await storage.addTrial(study, trial(4));
        const { outcome: _, ...asked } = trial(4);
        const { created, ...rest } = added!;
        expect(rest).toEqual({
          ...asked,
          ...{ state: "waiting", step: 0, metrics: {}, error: null, folder: null, token: 0, worker: null },
          ...{ leasedUntil: null, lost: 0, started: null, finished: null },
        });
        expect(Math.abs(created - Date.now())).toBeLessThan(60_000);
        expect(await one(4)).toEqual(added);
        expect((await storage.addTrial(study, trial(5, { seen: null, origin: "enqueued" })))?.seen).toBeNull();
      });

      test("may have ended elsewhere", async () => {
        const outcome = { state: "complete", metrics: { error: 0.25 } } as const;
        const added = await storage.addTrial(study, trial(0, { origin: "imported", outcome }));
        expect(added).toMatchObject({ state: "complete", metrics: { error: 0.25 }, started: null });
        expect(added!.finished).not.toBeNull();
        expect(await storage.claim(study, 0, "anna", LEASE, "")).toBeUndefined();
      });

      test("have numbers of their own: of those who add one at the same time, one does", async () => {
        const all = Array.from({ length: 8 }, (_, n) => {
          return (n % 2 ? storage : other).addTrial(study, trial(3, { configuration: { rate: n } }));
        });
        const added = (await Promise.all(all)).filter((of) => of !== undefined);
        expect(added).toHaveLength(1);
        expect(await storage.trials(study)).toEqual(added);
        expect(await storage.addTrial(study, trial(3))).toBeUndefined();
      });

      test("belong to one study", async () => {
        const second = await storage.createStudy(spec(`${name} b`), space);
        await storage.addTrial(study, trial(0));
        await storage.addTrial(second.id, trial(0, { configuration: { rate: 0.5 } }));
        await storage.claim(second.id, 0, "bert", LEASE, "");
        expect((await storage.trials(study)).map((of) => [of.state, of.worker])).toEqual([["waiting", null]]);
        expect((await storage.trials(second.id)).map((of) => of.worker)).toEqual(["bert"]);
      });

      test("are listed by number: those from one on, and some below it", async () => {
        for (const number of [7, 2, 10, 0, 5, 1]) await storage.addTrial(study, trial(number));
        const listed = async (...args: [number?, number[]?]) =>
          (await other.trials(study, ...args)).map((of) => of.number);
        expect(await listed()).toEqual([0, 1, 2, 5, 7, 10]);
        expect(await listed(5)).toEqual([5, 7, 10]);
        expect(await listed(5, [2, 7, 0, 99])).toEqual([0, 2, 5, 7, 10]);
        expect(await listed(11, [10])).toEqual([10]);
        expect(await listed(11)).toEqual([]);
      });

      test("keep any text, and much of it", async () => {
        const text = "Ünïcode 🜁 — \u2028 \0 \ud83d quotes ' \" \\ %s ?1 $1 ; drop table trials; --";
        const long = "x".repeat(300_000);
        const configuration = { "größe 🜁": text, long, yes: true, no: false, tiny: 5e-324, third: 1 / 3 };
        await storage.addTrial(study, trial(0, { configuration }));
        const folder = "runs/ä 🜁 '\"";
        const { token } = (await storage.claim(study, 0, "wörker 🜁", LEASE, folder))!;
        const metrics = {
          [`m ${text}`]: 1 / 3,
          ...Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`m${n}`, n])),
        };
        await storage.report({ study, trial: 0, token }, 1, metrics);
        await storage.end({ study, trial: 0, token }, { state: "failed", metrics, error: text + long });
        expect(await one(0)).toMatchObject({ configuration, folder, worker: "wörker 🜁", error: text + long, metrics });
        expect(await other.reports(study)).toEqual([{ trial: 0, step: 1, metrics }]);
        expect(Object.keys((await one(0)).configuration)).toEqual(Object.keys(configuration));
      });

      if (inText)
        test("refuse a configuration that cannot be kept", async () => {
          const wrong = trial(0, { configuration: { rate: Number.POSITIVE_INFINITY } });
          await expect(storage.addTrial(study, wrong)).rejects.toThrow(
            "trial 0: rate is Infinity, which cannot be kept",
          );
          expect(await storage.trials(study)).toEqual([]);
        });
    });

    describe("taking a trial", () => {
      test("makes it running, with a lease, a token and a folder", async () => {
        await storage.addTrial(study, trial(0));
        const taken = (await storage.claim(study, 0, "anna", LEASE, "runs/0"))!;
        expect(taken).toMatchObject({ state: "running", token: 1, worker: "anna", folder: "runs/0", lost: 0 });
        expect(taken.leasedUntil! - taken.started!).toBe(LEASE);
        expect(await one(0)).toEqual(taken);
      });

      test("is for one of those who want it", async () => {
        for (let number = 0; number < 5; number++) {
          await storage.addTrial(study, trial(number));
          const wanted = Array.from({ length: 8 }, (_, n) => {
            return (n % 2 ? storage : other).claim(study, number, `worker ${n}`, LEASE, `runs/${n}`);
          });
          const taken = (await Promise.all(wanted)).filter((of) => of !== undefined);
          expect(taken).toHaveLength(1);
          expect(await one(number)).toEqual(taken[0]);
        }
      });

      test("is for those that wait: not for running, paused, ended or missing ones", async () => {
        const claim = (number: number) => storage.claim(study, number, "bert", LEASE, "");
        const lease = await begun(0);
        expect(await claim(0)).toBeUndefined();
        expect(await storage.end(lease, { state: "paused" })).toBe(true);
        expect(await claim(0)).toBeUndefined();
        for (const [n, state] of (["complete", "pruned", "failed"] as const).entries()) {
          await storage.end(await begun(n + 1), { state });
          expect(await claim(n + 1)).toBeUndefined();
        }
        expect(await claim(99)).toBeUndefined();
      });
    });

    describe("reports", () => {
      test("are listed by trial and step, of all or of some", async () => {
        for (const number of [1, 0]) {
          const lease = await begun(number);
          for (const step of [1, 2, 10]) expect(await storage.report(lease, step, { error: step / 10 })).toBe(true);
        }
        const at = (reports: { trial: number; step: number }[]) => reports.map((of) => [of.trial, of.step]);
        const [zero, first] = [0, 1].map((n) => [1, 2, 10].map((step) => [n, step]));
        expect(at(await other.reports(study))).toEqual([...zero, ...first]);
        expect(at(await other.reports(study, [1]))).toEqual(first);
        expect(await other.reports(study, [])).toEqual([]);
        expect(await other.reports(study, [7])).toEqual([]);
        expect((await one(0)).step).toBe(10);
      });

      test("of the same step are replaced", async () => {
        const lease = await begun(0);
        await storage.report(lease, 1, { error: 0.5, old: 1 });
        await storage.report(lease, 2, { error: 0.4 });
        expect(await storage.report(lease, 1, { error: 0.3 })).toBe(true);
        expect((await other.reports(study)).map((of) => of.metrics)).toEqual([{ error: 0.3 }, { error: 0.4 }]);
        expect((await one(0)).step).toBe(2);
      });

      test("keep what is no number, as a training that diverges has it", async () => {
        const lease = await begun(0);
        const { NaN: nan, POSITIVE_INFINITY: up, NEGATIVE_INFINITY: down } = Number;
        const metrics = { error: nan, loss: up, gain: down, fine: 1e308, NaN: 1, Infinity: 2 };
        await storage.report(lease, 1, metrics);
        await storage.end(lease, { state: "complete", metrics });
        expect((await other.reports(study))[0].metrics).toEqual(metrics);
        expect((await one(0)).metrics).toEqual(metrics);
      });
    });

    describe("ending", () => {
      test.each(["complete", "pruned", "failed"] as const)("as %s is for good", async (state) => {
        const lease = await begun(0);
        const metrics = { error: 0.1, seconds: 2 };
        expect(await storage.end(lease, { state, metrics, error: state === "failed" ? "no\nluck" : undefined! })).toBe(
          true,
        );
        const ended = await one(0);
        expect(ended).toMatchObject({ state, metrics, leasedUntil: null, worker: "anna", folder: "runs/0" });
        expect(ended.error).toBe(state === "failed" ? "no\nluck" : null);
        expect(ended.finished).toBeGreaterThanOrEqual(ended.started!);
        expect(await storage.end(lease, { state: "failed" })).toBe(false);
        expect(await storage.report(lease, 9, {})).toBe(false);
        expect(await storage.renew(lease, LEASE)).toBe(false);
        expect(await storage.promote(study, 0, 9)).toBe(false);
        expect(await one(0)).toEqual(ended);
      });

      test("as waiting gives it to whoever comes next, who goes on with what there is", async () => {
        const lease = await begun(0);
        await storage.report(lease, 2, { error: 0.2 });
        expect(await storage.end(lease, { state: "waiting" })).toBe(true);
        expect(await one(0)).toMatchObject({ state: "waiting", leasedUntil: null, finished: null, lost: 0, step: 2 });
        const first = await one(0);
        const taken = await other.claim(study, 0, "bert", LEASE, "runs/again");
        expect(taken).toMatchObject({
          token: 2,
          worker: "bert",
          folder: "runs/again",
          step: 2,
          started: first.started,
        });
      });
    });

    describe("pausing", () => {
      test("ends the lease until the trial is promoted", async () => {
        const lease = await begun(0);
        await storage.report(lease, 3, { error: 0.2 });
        await storage.end(lease, { state: "paused", metrics: { error: 0.2 } });
        expect(await one(0)).toMatchObject({
          state: "paused",
          finished: null,
          leasedUntil: null,
          metrics: { error: 0.2 },
        });
        expect(await storage.report(lease, 4, {})).toBe(false);
        expect(await storage.promote(study, 0, 27)).toBe(true);
        expect(await one(0)).toMatchObject({ state: "waiting", toStep: 27, step: 3 });
        expect(await storage.promote(study, 0, 81)).toBe(false);
        expect(await storage.claim(study, 0, "bert", LEASE, "runs/0")).toMatchObject({ token: 2, toStep: 27 });
      });

      test("of those who promote at the same time, one does", async () => {
        await storage.end(await begun(0), { state: "paused" });
        const promoted = [storage, other, storage, other].map((of, n) => of.promote(study, 0, 10 + n));
        expect((await Promise.all(promoted)).filter((done) => done)).toHaveLength(1);
      });

      test("ends as pruned where the study is over; what is not paused stays", async () => {
        for (const number of [0, 1])
          await storage.end(await begun(number), { state: "paused", metrics: { error: number } });
        const running = await begun(2);
        await storage.addTrial(study, trial(3));
        await storage.prunePaused(study);
        const states = (await other.trials(study)).map((of) => of.state);
        expect(states).toEqual(["pruned", "pruned", "running", "waiting"]);
        expect((await one(1)).metrics).toEqual({ error: 1 });
        expect((await one(1)).finished).not.toBeNull();
        expect(await storage.end(running, { state: "complete" })).toBe(true);
      });
    });

    describe("leases", () => {
      test("last from now when they are renewed", async () => {
        const lease = await begun(0, 1000);
        const before = (await one(0)).leasedUntil!;
        expect(await storage.renew(lease, LEASE)).toBe(true);
        expect((await one(0)).leasedUntil! - before).toBeGreaterThan(LEASE - 2000);
        expect(await storage.release(study, 3)).toEqual({ waiting: [], stale: [] });
      });

      test("that run out make the trial wait again, and whoever had it can change nothing", async () => {
        const late = await begun(0, 1);
        const kept = await begun(1);
        await sleep(20);
        expect(await other.release(study, 3)).toEqual({ waiting: [0], stale: [] });
        expect(await other.release(study, 3)).toEqual({ waiting: [], stale: [] });
        const waiting = await one(0);
        expect(waiting).toMatchObject({ state: "waiting", lost: 1, leasedUntil: null, worker: "anna", finished: null });

        const refused = async () => [
          await storage.report(late, 1, { error: 0 }),
          await storage.renew(late, LEASE),
          await storage.end(late, { state: "complete", metrics: { error: 0 } }),
        ];
        expect(await refused()).toEqual([false, false, false]);
        expect(await one(0)).toEqual(waiting);
        const taken = (await other.claim(study, 0, "bert", LEASE, "runs/bert"))!;
        expect(taken.token).toBe(2);
        expect(await refused()).toEqual([false, false, false]);
        expect(await one(0)).toEqual(taken);
        expect(await storage.reports(study)).toEqual([]);
        expect(await other.end({ study, trial: 0, token: 2 }, { state: "complete", metrics: { error: 1 } })).toBe(true);
        expect(await storage.end(kept, { state: "complete" })).toBe(true);
      });

      test("that ran out while nobody else took the trial may still be used", async () => {
        const lease = await begun(0, 1);
        await sleep(20);
        expect(await storage.report(lease, 1, { error: 0 })).toBe(true);
        expect(await storage.renew(lease, LEASE)).toBe(true);
        expect(await other.release(study, 3)).toEqual({ waiting: [], stale: [] });
      });

      test("of workers that are known to be dead are over", async () => {
        await begun(0, LEASE, "anna");
        await begun(1, LEASE, "bert");
        await begun(2, LEASE, "carl");
        expect(await storage.release(study, 3, ["anna", "carl", "nobody"])).toEqual({ waiting: [0, 2], stale: [] });
        expect((await storage.trials(study)).map((of) => of.state)).toEqual(["waiting", "running", "waiting"]);
      });

      test("that are lost too often leave the trial stale", async () => {
        for (let lost = 0; lost <= 2; lost++) {
          await begun(0);
          const released = await storage.release(study, 2, ["anna"]);
          expect(released).toEqual(lost < 2 ? { waiting: [0], stale: [] } : { waiting: [], stale: [0] });
        }
        const stale = await one(0);
        expect(stale).toMatchObject({ state: "stale", lost: 3, leasedUntil: null });
        expect(stale.finished).not.toBeNull();
        expect(await storage.claim(study, 0, "bert", LEASE, "")).toBeUndefined();
        await begun(1);
        expect(await storage.release(study, 0, ["anna"])).toEqual({ waiting: [], stale: [1] });
      });

      test("are released once, whoever looks", async () => {
        for (let number = 0; number < 20; number++) await begun(number);
        const released = await Promise.all([storage, other, storage].map((of) => of.release(study, 9, ["anna"])));
        expect(released.flatMap((of) => of.waiting).sort((a, b) => a - b)).toEqual(
          Array.from({ length: 20 }, (_, n) => n),
        );
        expect(new Set((await storage.trials(study)).map((of) => of.lost))).toEqual(new Set([1]));
      });
    });

    test("what is wanted of a study is heard by all, and is of that study alone", async () => {
      const second = (await storage.createStudy(spec(`${name} too`), space)).id;
      expect(await other.wanted(study)).toBe("run");
      await storage.want(study, "pause");
      expect([await other.wanted(study), await other.wanted(second)]).toEqual(["pause", "run"]);
      await other.want(study, "stop");
      expect(await storage.wanted(study)).toBe("stop");
      await other.want(study, "run");
      expect(await storage.wanted(study)).toBe("run");
    });

    describe("workers", () => {
      test("are those that were heard of lately, by name", async () => {
        await storage.beat(study, "bert", 2);
        await storage.beat(study, "anna", 1);
        await storage.beat(study, "bert", 3);
        const there = await other.workers(study, LEASE);
        expect(there.map((of) => [of.name, of.slots])).toEqual([
          ["anna", 1],
          ["bert", 3],
        ]);
        expect(Math.abs(there[0].seen - Date.now())).toBeLessThan(60_000);
        await sleep(30);
        await storage.beat(study, "anna", 1);
        expect((await other.workers(study, 20)).map((of) => of.name)).toEqual(["anna"]);
      });

      test("leave when they say so", async () => {
        await storage.beat(study, "anna", 1);
        await storage.beat(study, "anna", 0);
        await storage.beat(study, "bert", 0);
        expect(await other.workers(study, LEASE)).toEqual([]);
      });
    });

    test("many calls at a time end well, and in the end everything is there", async () => {
      const numbers = Array.from({ length: 30 }, (_, n) => n);
      await Promise.all(
        numbers.map(async (number) => {
          const own = number % 2 ? storage : other;
          await own.addTrial(study, trial(number));
          const { token } = (await own.claim(study, number, "anna", LEASE, "runs"))!;
          const lease = { study, trial: number, token };
          for (const step of [1, 2, 3]) expect(await own.report(lease, step, { error: step })).toBe(true);
          expect(await own.end(lease, { state: "complete", metrics: { error: number } })).toBe(true);
        }),
      );
      const trials = await storage.trials(study);
      expect(trials.map((of) => [of.number, of.state, of.metrics.error])).toEqual(
        numbers.map((number) => [number, "complete", number]),
      );
      expect(await storage.reports(study)).toHaveLength(90);
    });
  });
}
