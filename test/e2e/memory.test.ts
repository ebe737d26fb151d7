/** Memory stays flat from step to step. The full 20,000 steps are run by `npm run bars`. */
import { constantRate, linear, sgd, train } from "argmin";
import { expect, test } from "vitest";
import { randomSource } from "./plain-linear.ts";

test("the resident set stays within 5 % over some thousand linear steps", async () => {
  // 784 features and ten classes in batches of 64: 400 steps an epoch, whose weights are the only thing that is sent.
  const source = randomSource(400 * 64, 28, 10);
  const samples: number[] = [];
  await train({
    data: source,
    model: linear(),
    optimizer: sgd({ learningRate: constantRate(0.01) }),
    batchSize: 64,
    epochs: 60,
    onEvent: (event) => {
      if (event.type === "progress" && event.step >= 6000) samples.push(process.memoryUsage.rss());
    },
  });
  expect(samples.length).toBeGreaterThan(15);
  // The largest ones: single samples fall whenever V8 or the kernel takes pages back for a while.
  const half = samples.length >> 1;
  const [first, second] = [Math.max(...samples.slice(0, half)), Math.max(...samples.slice(half))];
  expect(second / first - 1).toBeLessThan(0.05);
});
