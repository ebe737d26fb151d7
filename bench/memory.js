/**
 * Does memory stay flat? The resident set over many steps of the linear model, sampled every 1,000 steps after a warm-up:
 * largest sample of the second half over the largest of the first − 1. Largest, since a kernel that reclaims idle pages (DAMON
 * does) makes single samples smaller by a tenth while nothing was freed; a leak raises the largest ones.
 */
import { pathToFileURL } from "node:url";
import { randomStepper } from "./step.js";

export async function memoryGrowth(steps = 20_000, warmUp = 2_000, every = 1_000) {
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
