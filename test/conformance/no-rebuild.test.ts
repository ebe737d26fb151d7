/** Building a session takes longer than hundreds of steps: what changes from step to step must be an input. Builds are counted. */
import { expect, test } from "vitest";
import { chosen } from "../../src/core/index.ts";
import { crossEntropy } from "../../src/losses/index.ts";
import { linear } from "../../src/models/index.ts";
import { type Optimizer, optimizers } from "../../src/optimizers/index.ts";
import { l2 } from "../../src/regularizers/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { makePlan, Trainer } from "../../src/train/index.ts";

const runtime = await openRuntime("cpu", 1);
const [count, side, classes] = [24, 4, 3];

test.each(Object.entries(optimizers) as [string, Optimizer][])(
  "%s: another rate in every step, and no session is built after the first epoch",
  async (_, optimizer) => {
    let builds = 0;
    const counting: typeof runtime = {
      ...runtime,
      createSession: (...args) => {
        builds++;
        return runtime.createSession(...args);
      },
    };
    const indices = Int32Array.from({ length: count }, (_, i) => i);
    const plan = makePlan({
      recipe: {
        model: linear(),
        loss: crossEntropy(),
        regularizers: [l2(1e-3)],
        optimizer: chosen("optimizer", optimizer),
        normalization: { mean: [0.5], deviation: [0.3] },
        height: side,
        width: side,
        channels: 1,
        classes,
      },
      schedule: { kind: "schedule", name: "exponential", options: { gamma: 0.5 } },
      warmUp: 0.5,
      seed: 1,
      epochs: 4,
      batchSize: 7,
      pictures: {
        store: {
          kind: "memory",
          pixels: Uint8Array.from({ length: count * side * side }, (_, i) => (37 * i) % 256),
        },
        labels: Int32Array.from({ length: count }, (_, i) => i % classes),
        height: side,
        width: side,
        channels: 1,
      },
      train: indices,
      validation: indices.subarray(0, 9),
      test: new Int32Array(0),
      device: "cpu",
    });
    const trainer = await Trainer.create(plan, counting);
    const seen: { builds: number; rate: number }[] = [];
    await trainer.run(
      (event) => {
        if (event.type === "epoch") seen.push({ builds, rate: event.learningRate });
      },
      () => false,
    );
    expect(new Set(seen.map(({ rate }) => rate)).size).toBe(4);
    expect(seen[0].builds).toBeGreaterThan(0);
    expect(seen.map((epoch) => epoch.builds)).toEqual(Array(4).fill(seen[0].builds));
  },
);
