/**
 * Does a long run stay as it began? Memory and the main thread's event loop over many steps of `train`, worker and all: the
 * resident set each second after a warm-up, the largest sample of the second half over the largest of the first − 1 (see
 * memory.js for why the largest), and the 99th percentile of the delays of the event loop.
 *
 *   node bench/long-run.js [linear | cnn] [steps]
 */
import { monitorEventLoopDelay } from "node:perf_hooks";

const [model = "linear", steps = "100000"] = process.argv.slice(2);
const { cnn, linear, shapes, train } = await import("../dist/index.js");
/** Share of the steps before the first sample: sessions are built, V8 compiles, its heap finds its size. */
const WARM_UP = 0.1;

const histogram = monitorEventLoopDelay({ resolution: 1 });
const samples = [];
let timer;
const run = await train({
  data: shapes({ train: 6400, validation: 200, test: 200 }),
  model: model === "cnn" ? cnn() : linear(),
  steps: Number(steps),
  batchSize: 64,
  onEvent: (event) => {
    if (event.type === "initial") histogram.enable();
    if (event.type === "progress" && event.step > WARM_UP * event.steps) {
      timer ??= setInterval(() => samples.push(process.memoryUsage.rss()), 1000);
    }
    // What comes behind the last step, judging and writing, is no training.
    if (event.type === "progress" && event.step === event.steps) {
      histogram.disable();
      clearInterval(timer);
    }
  },
});
clearInterval(timer);
const half = samples.length >> 1;
const [first, second] = [Math.max(...samples.slice(0, half)), Math.max(...samples.slice(half))];
const result = {
  ...{
    model,
    steps: Number(steps),
    growth: second / first - 1,
    firstMiB: first / 2 ** 20,
    secondMiB: second / 2 ** 20,
  },
  ...{ samples: samples.length, p99Ms: histogram.percentile(99) / 1e6, longestMs: histogram.max / 1e6 },
  trainSeconds: run.seconds,
};
console.log(JSON.stringify(result));
