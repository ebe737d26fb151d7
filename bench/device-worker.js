/** The worker of a page: the steps of plans on the page's Wasm or WebGPU, from states that it fetches. */
import { follow, planOf, train, unpack } from "./device-steps.js";

self.onmessage = async ({ data: { jobs, device } }) => {
  try {
    const argmin = await import("./argmin.js");
    const runtime = await argmin.openWebRuntime(device, { ort: new URL("./ort/", import.meta.url).href });
    const runs = [];
    for (const [i, { setup, free }] of jobs.entries()) {
      const plan = planOf(argmin, setup);
      const states = new Float32Array(await (await fetch(`./states${i}.bin`)).arrayBuffer());
      const { losses, norms, times } = await follow(argmin, plan, runtime, unpack(plan, states, setup.steps));
      const accuracy = free === undefined ? undefined : await train(argmin, planOf(argmin, free), runtime);
      runs.push({ losses, norms, times, accuracy });
    }
    self.postMessage({ description: runtime.description, notes: runtime.notes, runs });
  } catch (error) {
    self.postMessage({ error: String(error?.stack ?? error) });
  }
};
