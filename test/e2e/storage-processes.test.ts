/** Several processes at one storage, some of them killed with SIGKILL in the middle of writing. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStorage } from "../../src/store/node/index.ts";
import { type Postgres, startPostgres, whyNoPostgres } from "../postgres.ts";
import { space, spec } from "../storage-conformance.ts";
import { hand, runTrials, together } from "../storage-hand.ts";

interface Said {
  readonly added?: number;
  readonly taken?: number;
  readonly reported?: number;
  readonly step?: number;
  readonly ended?: number;
}

const folder = mkdtempSync(join(tmpdir(), "argmin-processes-"));
const missing = whyNoPostgres();
let server: Postgres | undefined;
beforeAll(async () => {
  if (missing === undefined) server = await startPostgres();
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const kinds: [string, boolean, () => string][] = [
  ["SQLite", false, () => `sqlite:${join(folder, "studies.db")}`],
  [`PostgreSQL${missing ? `, skipped: ${missing}` : ""}`, missing !== undefined, () => server!.url()],
];

describe.each(kinds)("several processes at one storage in %s", (_, skipped, address) => {
  test.skipIf(skipped)("add, take and end each trial once, while another reads", async () => {
    const [trials, steps] = [40, 3];
    const storage = await openStorage(address());
    const { id } = await storage.createStudy(spec("crowd"), space);
    const hands = [1, 2, 3].map((n) =>
      hand(address(), "crowd", `worker ${n}`, together(3) + runTrials(trials, steps, 5)),
    );
    let working = true;
    const all = Promise.all(hands.map(({ ended }) => ended)).finally(() => {
      working = false;
    });
    let [reads, reports, ends] = [0, 0, 0];
    while (working) {
      const [seen, over] = [
        await storage.reports(id),
        (await storage.trials(id)).filter((of) => of.state === "complete"),
      ];
      expect(seen.length).toBeGreaterThanOrEqual(reports);
      expect(over.length).toBeGreaterThanOrEqual(ends);
      [reports, ends] = [seen.length, over.length];
      // What is seen of a trial that has ended is all of it.
      const later = await storage.reports(
        id,
        over.map((of) => of.number),
      );
      expect(later).toHaveLength(over.length * steps);
      reads++;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await all).toEqual([1, 2, 3].map(() => ({ code: 0, err: "" })));
    expect(reads).toBeGreaterThan(3);

    const said = hands.map(({ said }) => said<Said>());
    const numbers = Array.from({ length: trials }, (_, n) => n);
    for (const what of ["added", "taken", "ended"] as const) {
      const done = said.flat().flatMap((line) => (line[what] === undefined ? [] : [line[what]]));
      expect(done.sort((a, b) => a - b)).toEqual(numbers);
    }
    // More than one of them had something to do.
    expect(said.filter((lines) => lines.some((line) => line.taken !== undefined)).length).toBeGreaterThan(1);
    const ended = await storage.trials(id);
    expect(ended.map((of) => [of.number, of.state, of.token, of.metrics.error])).toEqual(
      numbers.map((number) => [number, "complete", 1, number]),
    );
    expect(await storage.reports(id)).toHaveLength(trials * steps);
    await storage.close();
  });

  test.skipIf(skipped)("that are killed while they write lose nothing that they had said", async () => {
    const storage = await openStorage(address());
    const { id } = await storage.createStudy(spec("killed"), space);
    const said: Said[] = [];
    let killed = 0;
    for (let round = 0; round < 4; round++) {
      const writer = hand(address(), "killed", `worker ${round}`, runTrials(100_000, 5));
      while (writer.said().length < 20 + 7 * round) await new Promise((resolve) => setTimeout(resolve, 2));
      killed += Number(writer.kill());
      await writer.ended;
      said.push(...writer.said<Said>());
      await storage.release(id, 0, [`worker ${round}`]);
    }
    expect(killed).toBe(4);
    const trials = new Map((await storage.trials(id)).map((of) => [of.number, of]));
    const steps = new Set((await storage.reports(id)).map((of) => `${of.trial} ${of.step}`));
    for (const { added, reported, step, ended } of said) {
      if (added !== undefined) expect(trials.has(added)).toBe(true);
      if (reported !== undefined) expect(steps.has(`${reported} ${step}`)).toBe(true);
      if (ended !== undefined)
        expect(trials.get(ended)).toMatchObject({ state: "complete", metrics: { error: ended } });
    }
    // A trial and its reports agree, the interrupted ones, too.
    for (const { number, step } of trials.values()) {
      expect([number, [...steps].filter((key) => key.startsWith(`${number} `)).length]).toEqual([number, step]);
    }
    await storage.close();
    if (address().startsWith("sqlite:")) {
      const database = new Database(join(folder, "studies.db"));
      expect(database.prepare("pragma integrity_check").all([])).toEqual([{ integrity_check: "ok" }]);
      database.close();
    }
  });
});
