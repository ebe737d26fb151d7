/**
 * Does memory stay flat? The resident set over many steps of the linear model, sampled every 100 steps after a warm-up:
 * largest sample of the second half over the largest of the first − 1.
 *
 * Largest, since single samples fall far below without anything being freed for good: V8 gives pages of its young generation
 * back and takes them again (20 MiB), and a kernel may reclaim idle pages of the runtime's library. A leak raises the largest.
 */
import { pathToFileURL } from "node:url";
import { randomStepper } from "./step.js";

export async function memoryGrowth(steps = 20_000, warmUp = 2_000, every = 100) {
  const { stepper, order, stepsPerEpoch } = await randomStepper("linear");
  const samples = [];
  for (let step = 1; step <= warmUp + steps; step++) {
    await stepper.step(order, step % stepsPerEpoch);
    if (step > warmUp && step % every === 0) samples.push(process.memoryUsage.rss());
  }
  const half = samples.length >> 1;
  const [first, second] = [Math.max(...samples.slice(0, half)), Math.max(...samples.slice(half))];
  return {
    growth: second / first - 1,
    firstMiB: first / 2 ** 20,
    secondMiB: second / 2 ** 20,
    samples: samples.length,
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(JSON.stringify(await memoryGrowth(Number(process.argv[2] ?? 20_000))));
}
