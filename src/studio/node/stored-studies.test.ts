import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openStorage } from "../../store/node/index.ts";
import type { SpaceVersion, StudySpec } from "../../tune/index.ts";
import { studioApp } from "../app.ts";
import { OWN_HEADER } from "../guard.ts";
import { StoredStudies } from "./stored-studies.ts";

const folder = mkdtempSync(join(tmpdir(), "argmin-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const space: SpaceVersion = { parameters: { rate: { kind: "float", low: 0.001, high: 1, log: true } }, fill: {} };
const accuracy = { metric: "accuracy", direction: "maximize" } as const;
const spec = (name: string, runs: string): StudySpec => ({
  ...{ name, seed: 1, steps: 2, fingerprint: "", objectives: [accuracy], pruneBy: accuracy },
  ...{ sampler: { name: "random", options: {} }, pruner: { name: "none", options: {} } },
  constraints: [{ metric: "parameters", atMost: 100 }],
  experiment: { options: { data: "photos" }, folder: join(runs, name) },
});

/** A storage with a study of three trials: complete, pruned, and one that runs. */
async function made(name: string) {
  const runs = join(folder, name);
  mkdirSync(join(runs, "photos-tune", "trial-0000"), { recursive: true });
  const storage = await openStorage(`sqlite:${join(runs, "studies.db")}`);
  const { id } = await storage.createStudy(spec("photos-tune", runs), space);
  const leases = [];
  for (let number = 0; number < 3; number++) {
    const seen = { ended: [], open: [], paused: [], budget: 7 };
    const rest = { space: 0, origin: "sampler", seen, seed: 1, toStep: 2 } as const;
    await storage.addTrial(id, { number, configuration: { rate: 0.1 * (number + 1) }, ...rest });
    const own = join(runs, "photos-tune", `trial-000${number}`);
    const { token } = (await storage.claim(id, number, "w", 60_000, own))!;
    leases.push({ study: id, trial: number, token });
    await storage.report(leases[number], 1, { accuracy: 0.5 + 0.1 * number });
  }
  await storage.report(leases[0], 2, { accuracy: 0.6 });
  await storage.end(leases[0], { state: "complete", metrics: { accuracy: 0.6, parameters: 10, seconds: 3 } });
  await storage.end(leases[1], { state: "pruned" });
  const studies = new StoredStudies({
    ...{ runs, storage: `sqlite:${join(runs, "studies.db")}` },
    // Says what it was started with, to a file of its own, and is done.
    command: [process.execPath, "-e", "process.stderr.write(process.argv.slice(1).join(' ')); process.exit(3)", "--"],
  });
  const pages = { read: async () => undefined };
  const app = studioApp({ desk: { studies } as never, pages });
  const ask = async (path: string, body?: unknown) => {
    const headers = { host: "127.0.0.1:4242", "content-type": "application/json", [OWN_HEADER]: "1" };
    const sent = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await app.request(`http://127.0.0.1:4242/api/studies${path}`, { headers, ...sent });
    return { status: response.status, body: (await response.json()) as Record<string, Record<string, unknown>> };
  };
  return { runs, storage, id, leases, studies, ask };
}

describe("studies", async () => {
  const { storage, id, leases, studies, ask } = await made("one");
  afterAll(async () => {
    await studies.close();
    await storage.close();
  });

  test("are listed with what was found", async () => {
    const { body } = await ask("");
    expect(body.studies).toEqual([
      expect.objectContaining({ name: "photos-tune", best: 0.6, counts: { complete: 1, pruned: 1, running: 1 } }),
    ]);
  });

  test("come as columns, from a trial on", async () => {
    const { body } = await ask("/photos-tune");
    expect(body).toMatchObject({ data: "photos", state: "running", steps: 2, parameters: space.parameters });
    expect(body.trials).toMatchObject({
      ...{ from: 0, state: ["complete", "pruned", "running"], step: [2, 1, 1] },
      // Only the folder that is there can be opened.
      run: ["photos-tune/trial-0000", null, null],
      metrics: { accuracy: [0.6, 0.6, 0.7], parameters: [10, null, null] },
    });
    const { body: rest } = await ask("/photos-tune?from=2");
    expect(rest.trials).toMatchObject({ from: 2, state: ["running"], metrics: { accuracy: [0.7] } });
    const { body: curves } = await ask("/photos-tune/curves?from=0");
    expect(curves).toEqual({ from: 0, steps: [[1, 2], [1], [1]], values: [[0.5, 0.6], [0.6], [0.7]] });
  });

  test("have another version when something has changed, and pause, stop and fall asleep as they are told", async () => {
    const before = await studies.version("photos-tune");
    expect(await studies.version("photos-tune")).toBe(before);
    await storage.report(leases[2], 2, { accuracy: 0.75 });
    expect(await studies.version("photos-tune")).not.toBe(before);
    expect((await ask("/photos-tune/wanted", { wanted: "pause" })).status).toBe(200);
    expect(await storage.wanted(id)).toBe("pause");
    expect((await ask("/photos-tune")).body.state).toBe("pausing");
    await ask("/photos-tune/wanted", { wanted: "stop" });
    expect((await ask("/photos-tune")).body.state).toBe("stopping");
    await storage.end(leases[2], { state: "waiting" });
    expect((await ask("/photos-tune")).body.state).toBe("paused");
  });

  test("that are not there, and what makes no sense, are refused", async () => {
    expect((await ask("/other")).status).toBe(404);
    expect((await ask("/..%2f..%2fetc")).status).toBe(404);
    expect((await ask("/photos-tune?from=-1")).status).toBe(400);
    expect((await ask("/photos-tune/wanted", { wanted: "explode" })).status).toBe(400);
    expect((await ask("", { data: "photos", name: "../x" })).status).toBe(400);
    expect((await ask("", { data: "photos", name: "-x" })).status).toBe(400);
    expect((await ask("", { data: "photos", name: "x", shell: "true" })).status).toBe(400);
    expect((await ask("", { data: "photos", name: "photos-tune" })).status).toBe(409);
  });
});

test("a search is a process of its own, whose last words are told where it failed", async () => {
  const { runs, storage, id, studies, ask } = await made("two");
  const ended = async (name: string) => {
    for (;;) {
      const found = (await studies.list()).find((study) => study.name === name)?.process;
      if (found?.exit !== null && found?.exit !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const start = { data: "--runs", name: "next", trials: 5, constraints: ["parameters<=9"] };
  const { body } = await ask("", start);
  expect(body.process).toBeGreaterThan(0);
  const first = await ended("next");
  const places = `--runs=${runs} --storage=sqlite:${join(runs, "studies.db")}`;
  expect(first).toMatchObject({
    exit: 3,
    said: `tune --name=next --trials=5 --constraint=parameters<=9 ${places} -- --runs`,
  });
  expect((await studies.list())[0]).toMatchObject({ name: "next", state: "failed" });
  await storage.want(id, "pause");
  await ask("/photos-tune/wanted", { wanted: "run" });
  // As many trials as it was begun for.
  expect((await ended("photos-tune")).said).toBe(`tune --resume=photos-tune --as-wanted --trials=7 ${places}`);
  expect(await storage.wanted(id)).toBe("run");
  await studies.close();
  await storage.close();
});

test("a storage that is not there yet has no studies", async () => {
  const storage = `sqlite:${join(folder, "none", "studies.db")}`;
  expect(await new StoredStudies({ runs: join(folder, "none"), storage, command: [] }).list()).toEqual([]);
});
