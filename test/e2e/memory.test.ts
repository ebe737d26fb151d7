/** Memory stays flat from step to step. The full 20,000 steps are run by `npm run bars`. */
import { constantRate, linear, sgd, train } from "argmin";
import { expect, test } from "vitest";
import { randomSource } from "./plain-linear.ts";

test("the resident set stays within 5 % over some thousand linear steps", async () => {
  // 784 features and ten classes in batches of 64: 40 steps an epoch.
  const source = randomSource(40 * 64, 28, 10);
  const samples: number[] = [];
  await train({
    data: source,
    model: linear(),
    optimizer: sgd({ learningRate: constantRate(0.01) }),
    batchSize: 64,
    epochs: 200,
    onEvent: (event) => {
      if (event.type === "epoch" && event.step >= 2000 && event.step % 400 === 0)
        samples.push(process.memoryUsage.rss());
    },
  });
  expect(samples.length).toBe(16);
  // A kernel that reclaims idle pages makes single samples smaller; what must not happen is growth.
  const first = Math.max(...samples.slice(0, 4));
  for (const sample of samples) expect(sample / first - 1).toBeLessThan(0.05);
});
