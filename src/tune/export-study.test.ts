import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { exportStudy } from "./export-study.ts";
import { MemoryStorage } from "./memory-storage.ts";
import type { NewTrial, StudySpec } from "./storage.ts";

const spec: StudySpec = {
  name: "small",
  seed: 1,
  sampler: { name: "random", options: {} },
  pruner: { name: "none", options: {} },
  objectives: [{ metric: "error", direction: "minimize" }],
  constraints: [],
  pruneBy: { metric: "error", direction: "minimize" },
  steps: 2,
  fingerprint: "",
  experiment: {},
};
const trial = (number: number, more: Partial<NewTrial>): NewTrial => ({
  ...{ number, configuration: {}, space: 0, origin: "sampler", seen: null, seed: number, toStep: 2 },
  ...more,
});

async function exported() {
  const storage = new MemoryStorage();
  const parameters = {
    rate: { kind: "float", low: 0, high: 1 },
    state: { kind: "choice", choices: ["a", "b"] },
  } as const;
  const study = await storage.createStudy(spec, { parameters, fill: {} });
  await storage.addTrial(study.id, trial(0, { configuration: { rate: 0.5, state: 'quote " and, comma' } }));
  const taken = (await storage.claim(study.id, 0, "anna", 1000, "runs/0"))!;
  const lease = { study: study.id, trial: 0, token: taken.token };
  await storage.report(lease, 1, { error: Number.NaN });
  await storage.report(lease, 2, { error: 0.25 });
  await storage.end(lease, { state: "failed", metrics: { error: Number.NaN, rate: 3 }, error: 'two\nlines, "quoted"' });
  await storage.addSpace(study.id, { parameters: { depth: { kind: "int", low: 1, high: 3 } }, fill: { depth: 2 } });
  await storage.addTrial(study.id, trial(1, { configuration: { rate: 0.1, depth: 3 }, space: 1, origin: "enqueued" }));
  return exportStudy(storage, "small");
}

test("writes a line a trial, which others can read", async () => {
  const { csv } = await exported();
  expect(csv.split("\r\n")[0]).toBe(
    "number,state,origin,rate,parameter state,depth,metric error,metric rate,steps,seconds,worker,folder,error",
  );
  const rows = parse(csv, { columns: true }) as Record<string, string>[];
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({ number: "0", state: "failed", origin: "sampler", rate: "0.5", depth: "2" });
  expect(rows[0]).toMatchObject({ "parameter state": 'quote " and, comma', "metric error": "NaN", "metric rate": "3" });
  expect(rows[0]).toMatchObject({ steps: "2", worker: "anna", folder: "runs/0", error: 'two\nlines, "quoted"' });
  expect(Number(rows[0].seconds)).toBeGreaterThanOrEqual(0);
  expect(rows[1]).toMatchObject({ state: "waiting", origin: "enqueued", depth: "3", "metric error": "", seconds: "" });
  expect(csv.endsWith("\r\n")).toBe(true);
});

test("keeps everything as plain data", async () => {
  const { json } = await exported();
  const again = JSON.parse(JSON.stringify(json));
  expect(again).toEqual(json);
  expect(again.study.spaces).toHaveLength(2);
  expect(again.trials[0].reports).toEqual([
    { step: 1, metrics: { error: "NaN" } },
    { step: 2, metrics: { error: 0.25 } },
  ]);
  expect(again.trials[1]).toMatchObject({ number: 1, reports: [], configuration: { rate: 0.1, depth: 3 } });
});

test("knows the studies that there are", async () => {
  const storage = new MemoryStorage();
  await expect(exportStudy(storage, "large")).rejects.toThrow(
    'study "large": there is no study of that name; there is',
  );
  await storage.createStudy(spec, { parameters: {}, fill: {} });
  await expect(exportStudy(storage, "large")).rejects.toThrow("choose one of small");
});
