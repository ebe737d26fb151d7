/** What the Lab's lessons on training say comes out, here on the native runtime. */
import * as argmin from "argmin";
import * as graph from "argmin/graph";
import { expect, test } from "vitest";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { bestEpoch } from "../../studio/src/lab/engine/ends.ts";
import { type Epoch, overfit } from "../../studio/src/lab/engine/overfit.ts";
import { shapesSet } from "../../studio/src/lab/engine/picture-set.ts";
import { race, type Standing } from "../../studio/src/lab/engine/race.ts";
import { type Grown, grow } from "../../studio/src/lab/engine/templates.ts";
import { learn } from "../../studio/src/lab/engine/units.ts";
import { code as raceCode, DATA as raceData, settingOf as raceSetting } from "../../studio/src/lab/lessons/13-race.ts";
import { EPOCHS, code as templateCode, DATA as templateData } from "../../studio/src/lab/lessons/14-templates.ts";
import { code as overfitCode, settingOf as overfitSetting } from "../../studio/src/lab/lessons/16-overfit.ts";
import {
  code as graphCode,
  DATA as graphData,
  settingOf as graphSetting,
} from "../../studio/src/lab/lessons/18-graph.ts";
import { numbersPrintedBy } from "../../studio/src/lab/run-typescript.ts";

const runtime = await openRuntime("cpu", 1);

/** What a program prints, line by line, against what the lesson shows; the two add up in another order. */
function expectNear(printed: readonly number[], shown: readonly number[], digits: number): void {
  expect(printed).toHaveLength(shown.length);
  for (const [i, value] of shown.entries()) expect(printed[i]).toBeCloseTo(value, digits);
}

test("the gradient wins the race, random search loses it", async () => {
  const seen: Standing[] = [];
  await race(runtime, shapesSet(100, 100, 10), { looks: 25, seed: 1, spread: 0.005, learningRate: 0.05 }, (one) =>
    seen.push(one),
  );
  expect(seen).toHaveLength(75);
  const last = (strategy: string) => seen.findLast((one) => one.strategy === strategy)!;
  expect(last("gradient").accuracy).toBeGreaterThan(last("local").accuracy);
  expect(last("gradient").accuracy).toBeGreaterThan(0.25);
  expect(last("gradient").loss).toBeLessThan(last("local").loss);
  expect(last("local").loss).toBeLessThan(last("random").loss);
});

test("with few pictures, some of them mislabelled, a network learns them by heart while it gets worse on others", async () => {
  const epochs: Epoch[] = [];
  const setting = {
    pictures: 300,
    validation: 200,
    size: 16,
    units: 32,
    strength: 0,
    dropout: 0,
    epochs: 25,
    wrong: 0.3,
  };
  await overfit(runtime, setting, (one) => epochs.push(one));
  expect(epochs).toHaveLength(25);
  const [last, best] = [epochs[24], bestEpoch(epochs)];
  expect(last.trainAccuracy).toBeGreaterThan(0.85);
  expect(last.accuracy).toBeLessThan(0.6);
  expect(best).toBeGreaterThan(1);
  expect(best).toBeLessThan(20);
  expect(last.loss).toBeGreaterThan(epochs[best - 1].loss);
});

test("the TypeScript of the race prints what the gradient reaches", async () => {
  const state = { looks: 4, seed: 3, spread: 0.005, rate: 0.05 };
  const seen: Standing[] = [];
  const set = shapesSet(raceData.train, raceData.validation, raceData.size);
  await race(runtime, set, raceSetting(state), (one) => seen.push(one));
  const shown = seen.filter(({ strategy }) => strategy === "gradient");
  expectNear(
    await numbersPrintedBy(raceCode(state), { argmin }),
    shown.flatMap(({ looks, loss, accuracy }) => [looks, loss, accuracy]),
    3,
  );
});

test("the TypeScript of the templates prints what they reach", async () => {
  const { train, validation, size } = templateData;
  const grown: Grown[] = [];
  const setting = { epochs: EPOCHS, learningRate: 0.005 };
  await grow(runtime, shapesSet(train, validation, size), setting, (one) => grown.push(one));
  expectNear(
    await numbersPrintedBy(templateCode({ rate: 0.005 }), { argmin }),
    grown.slice(1).flatMap(({ epoch, trainLoss, accuracy }) => [epoch, trainLoss!, accuracy!]),
    1,
  );
});

test.each([0, 20])(
  "the TypeScript of a network learned by heart prints what is shown, with %s percent of wrong labels",
  async (wrong) => {
    const state = { pictures: "100", units: 8, wrong, strength: 0.001, dropout: 0 } as const;
    const epochs: Epoch[] = [];
    await overfit(runtime, overfitSetting(state), (one) => epochs.push(one));
    expectNear(
      await numbersPrintedBy(overfitCode(state, 5), { argmin, "argmin/graph": graph }),
      epochs.flatMap(({ epoch, loss, accuracy }) => [epoch, loss, accuracy]),
      1,
    );
  },
);

test("the TypeScript of the graph prints what its network reaches", async () => {
  const state = { model: "mlp", activation: "relu", units: 6, epochs: 2, rate: 0.01 } as const;
  const { train, validation, size } = graphData;
  const shown: number[] = [];
  await learn(runtime, shapesSet(train, validation, size), graphSetting(state), (...one) => shown.push(...one));
  expectNear(await numbersPrintedBy(graphCode(state), { argmin }), shown, 2);
});
