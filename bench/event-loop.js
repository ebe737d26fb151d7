/** How long is the main thread's event loop blocked while a worker trains? The longest delay, in milliseconds. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { pathToFileURL } from "node:url";

export async function longestDelay(epochs = 2) {
  const { train, mlp, shapes } = await import("../dist/index.js");
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  await train({
    data: shapes(),
    model: mlp(),
    epochs,
    onEvent: (event) => {
      // From the first loss to the last epoch: before it data is read, behind it the model file is made.
      if (event.type === "initial") histogram.enable();
      if (event.type === "epoch" && event.epoch === epochs) histogram.disable();
    },
  });
  return { longestMs: histogram.max / 1e6, meanMs: histogram.mean / 1e6, samples: histogram.count };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) console.log(JSON.stringify(await longestDelay()));
