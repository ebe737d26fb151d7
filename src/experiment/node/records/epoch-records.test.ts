import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { crossEntropy } from "../../../losses/index.ts";
import { cnn, linear, mlp } from "../../../models/index.ts";
import { sgd } from "../../../optimizers/index.ts";
import { constantRate } from "../../../schedules/index.ts";
import { makePlan, type Recipe } from "../../../train/index.ts";
import { EpochRecords, readAnswers, readTemplates } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "argmin-records-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Six grey pictures of 4×6 of three classes, the last three for validation. */
function planOf(model: Recipe["model"]) {
  const recipe: Recipe = {
    ...{ model, loss: crossEntropy(), regularizers: [], optimizer: sgd() },
    ...{ normalization: { mean: [0.5], deviation: [0.25] }, height: 4, width: 6, channels: 1 as const, classes: 3 },
  };
  const plan = makePlan({
    ...{ recipe, schedule: constantRate(), seed: 1, epochs: 4, batchSize: 3, device: "cpu" as const },
    pictures: {
      store: { kind: "memory", pixels: new Uint8Array(new SharedArrayBuffer(6 * 24)) },
      labels: Int32Array.of(0, 1, 2, 2, 0, 1),
      ...{ height: 4, width: 6, channels: 1 as const },
    },
    ...{ train: Int32Array.of(0, 1, 2), validation: Int32Array.of(3, 4, 5), test: Int32Array.of() },
  });
  return { recipe, plan };
}

describe("what is written down of each epoch", () => {
  test("are the answers of the validation pictures, beside the truth", async () => {
    const { plan, recipe } = planOf(linear());
    const records = await EpochRecords.open(folder, plan, recipe, undefined);
    await records.write(1, plan.initial, Uint8Array.of(0, 0, 0));
    await records.write(2, plan.initial, Uint8Array.of(2, 0, 2));
    const { truth, epochs, answers } = (await readAnswers(folder))!;
    expect([...truth]).toEqual([2, 0, 1]);
    expect(epochs).toEqual([1, 2]);
    expect([...answers(1)]).toEqual([2, 0, 2]);
  });

  test("are the templates of a linear classifier, in the order of the classes, from the first weights on", async () => {
    const { plan, recipe } = planOf(linear());
    const records = await EpochRecords.open(folder, plan, recipe, undefined);
    const weight = Float32Array.from({ length: 24 * 3 }, (_, i) => Math.sin(i));
    await records.write(1, { ...plan.initial, "scores.weight": weight }, null);
    const { kind, height, width, channels, total, shown, epochs, weights } = (await readTemplates(folder))!;
    expect({ kind, height, width, channels, total, shown }).toEqual({
      ...{ kind: "templates", height: 4, width: 6, channels: 1, total: 3, shown: 3 },
    });
    expect(epochs).toEqual([0, 1]);
    const { scales, values } = weights(1);
    for (let unit = 0; unit < 3; unit++) {
      for (let i = 0; i < 24; i++) {
        const told = (scales[unit] * values[24 * unit + i]) / 127;
        expect(Math.abs(told - weight[3 * i + unit])).toBeLessThan(scales[unit] / 250);
      }
    }
  });

  test("are hidden units and filters, and weights of 0 are no fault", async () => {
    const { plan, recipe } = planOf(mlp({ hidden: [60] }));
    const records = await EpochRecords.open(folder, plan, recipe, undefined);
    await records.write(1, { ...plan.initial, "hidden1.weight": new Float32Array(24 * 60) }, null);
    const units = (await readTemplates(folder))!;
    expect(units).toMatchObject({ kind: "units", total: 60, shown: 48, epochs: [0, 1] });
    expect([units.weights(0), units.weights(1)].map(({ scales }) => scales.every((scale) => scale > 0))).toEqual([
      true,
      false,
    ]);
    expect(units.weights(1).values.every((value) => value === 0)).toBe(true);
    const other = planOf(cnn({ channels: [5] }));
    await EpochRecords.open(folder, other.plan, other.recipe, undefined);
    expect(await readTemplates(folder)).toMatchObject({ kind: "filters", height: 3, width: 3, total: 5, epochs: [0] });
  });

  test("does not count where it cannot be what it says", async () => {
    const { plan, recipe } = planOf(linear());
    const records = await EpochRecords.open(folder, plan, recipe, undefined);
    await records.write(1, plan.initial, Uint8Array.of(0, 0, 0));
    const path = join(folder, "answers.bin");
    const bytes = readFileSync(path);
    // A class that there is not.
    bytes[bytes.length - 1] = 7;
    writeFileSync(path, bytes);
    expect((await readAnswers(folder))!.epochs).toEqual([]);
    writeFileSync(path, `{"classes":3,"pictures":3,"truth":"AAEC","record":9}\n`);
    expect(await readAnswers(folder)).toBeUndefined();
    writeFileSync(join(folder, "templates.bin"), `{"height":4,"width":4,"channels":1,"shown":2,"record":9}\n`);
    expect(await readTemplates(folder)).toBeUndefined();
  });
});
