import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { columnsOf, overviewOf } from "./run-record.ts";

const root = mkdtempSync(join(tmpdir(), "argmin-record-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("columns are read as far as they are whole", () => {
  expect(columnsOf("epoch,loss\n1,0.5\n2,\n")).toEqual({ epoch: [1, 2], loss: [0.5, null] });
  expect(columnsOf("epoch,loss\n1,0.5\n2,0.")).toEqual({ epoch: [1], loss: [0.5] });
  expect(columnsOf("epoch,loss\n1,0.5\n2\n3,x\n4,1\n")).toEqual({ epoch: [1, 4], loss: [0.5, 1] });
});

test("a run that is under way, damaged or empty is told as far as it can be", async () => {
  const folder = join(root, "run");
  mkdirSync(folder);
  expect(await overviewOf(folder, "run")).toMatchObject({
    finished: false,
    classes: null,
    config: null,
    metrics: null,
  });
  writeFileSync(join(folder, "config.yaml"), "model: {name: cnn");
  writeFileSync(join(folder, "metrics.json"), "[1]");
  writeFileSync(
    join(folder, "events.ndjson"),
    '{"event":"data","classes":["a","b"]}\n{"event":"start","device":"cpu"}\nnot json\n',
  );
  const under = await overviewOf(folder, "run");
  expect(under).toMatchObject({ finished: false, classes: ["a", "b"], config: null, metrics: null });
  expect(under.told.start).toMatchObject({ device: "cpu" });
  appendFileSync(join(folder, "events.ndjson"), '{"event":"epoch","epoch":1}\n{"event":"done","test":null}\n');
  writeFileSync(join(folder, "config.yaml"), "model: {name: cnn}\n");
  expect(await overviewOf(folder, "run")).toMatchObject({ finished: true, config: { model: { name: "cnn" } } });
});
