/** What the Lab's lessons on training say comes out, here on the native runtime. */
import { expect, test } from "vitest";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { bestEpoch } from "../../studio/src/lab/engine/ends.ts";
import { type Epoch, overfit } from "../../studio/src/lab/engine/overfit.ts";
import { shapesSet } from "../../studio/src/lab/engine/picture-set.ts";
import { race, type Standing } from "../../studio/src/lab/engine/race.ts";

const runtime = await openRuntime("cpu", 1);

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
