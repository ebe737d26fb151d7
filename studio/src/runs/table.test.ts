import { expect, test } from "vitest";
import type { RunSummary } from "../../../src/studio/index.ts";
import { columns, orderOf, settingsOf, sorted, textOfOrder, usualOrder } from "./columns.ts";
import { filterOf } from "./filter.ts";
import { tableRows } from "./table-rows.ts";

const run = (name: string, facts: Partial<RunSummary> = {}, settings: Record<string, unknown> = {}): RunSummary => ({
  ...{ name, state: "finished", pinned: false, created: 0, changed: 0, epochs: 3, plannedEpochs: 3, progress: null },
  ...{ bestEpoch: 3, validationAccuracy: 0.9, validationLoss: 0.3, trainLoss: 0.2, testAccuracy: null },
  ...{ parameters: null, seconds: 1, problems: [], ...facts },
  settings: { data: "/tmp/photos", seed: 1, model: { kind: "model", name: "cnn", options: {} }, ...settings },
});
const names = (runs: readonly RunSummary[]) => runs.map(({ name }) => name);

test("pinned ones stay above, numbers go by size, names as people count, what is missing comes last", () => {
  const runs = [
    run("run10", { testAccuracy: 0.5 }),
    run("run9", { testAccuracy: null }),
    run("run2", { testAccuracy: 0.75 }),
    run("last", { testAccuracy: 0.1, pinned: true }),
  ];
  expect(names(sorted(runs, { by: "testAccuracy", down: true }))).toEqual(["last", "run2", "run10", "run9"]);
  expect(names(sorted(runs, { by: "testAccuracy", down: false }))).toEqual(["last", "run10", "run2", "run9"]);
  expect(names(sorted(runs, { by: "name", down: false }))).toEqual(["last", "run2", "run9", "run10"]);
});

test("the address keeps an order, and an unknown one is the usual", () => {
  expect(orderOf("-testAccuracy")).toEqual({ by: "testAccuracy", down: true });
  expect(orderOf(textOfOrder({ by: "model", down: false }))).toEqual({ by: "model", down: false });
  expect(orderOf("-nothing")).toEqual(usualOrder);
  expect(orderOf(null)).toEqual(usualOrder);
});

test.each([
  ["", ["one", "two"]],
  ["TWO", ["two"]],
  ["-two", ["one"]],
  ["photos", ["one", "two"]],
  ["model=cnn", ["one"]],
  ["model:CNN", ["one"]],
  ["-model=cnn", ["two"]],
  ["accuracy>85%", ["one"]],
  ["accuracy>=0.8", ["one", "two"]],
  ["seed=1", ["one", "two"]],
  ["seed=1.0 loss<0.5", ["one", "two"]],
  ["optimizer.learningRate<0.005", ["two"]],
  ["lr=0.001", ["two"]],
  ["test>0", []],
  ["nowhere=1", []],
  ["state=running", ["two"]],
])("the filter %j", (text, expected) => {
  const adam = (learningRate: number) => ({
    optimizer: { kind: "optimizer", name: "adam", options: { learningRate } },
  });
  const runs = [
    run("one", {}, adam(0.01)),
    run(
      "two",
      { state: "running", validationAccuracy: 0.8 },
      { ...adam(1e-3), model: { kind: "model", name: "mlp", options: {} } },
    ),
  ];
  expect(names(runs.filter(filterOf(text)))).toEqual(expected);
});

test("the file of the table has what was measured and every setting that some run has", () => {
  const [head, first, second] = tableRows(
    [run("one", {}, { l2: 0.5 }), run("two", { created: 1000 })],
    columns,
    settingsOf,
  );
  const at = (name: string) => head!.indexOf(name);
  expect([first![at("name")], first![at("validationAccuracy")], first![at("settings.l2")]]).toEqual([
    "one",
    0.9,
    "0.5",
  ]);
  expect([second![at("created")], second![at("testAccuracy")]]).toEqual(["1970-01-01T00:00:01.000Z", null]);
  expect([second![at("settings.model")], second![at("settings.l2")]]).toEqual(["cnn", null]);
});
