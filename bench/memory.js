/**
 * Does memory stay flat? The resident set over many steps of the linear model, sampled every 1,000 steps after a warm-up:
 * largest over smallest sample − 1.
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
  const [least, most] = [Math.min(...samples), Math.max(...samples)];
  return { growth: most / least - 1, leastMiB: least / 2 ** 20, mostMiB: most / 2 ** 20, samples: samples.length };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(JSON.stringify(await memoryGrowth(Number(process.argv[2] ?? 20_000))));
}
