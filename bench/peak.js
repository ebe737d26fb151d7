/**
 * What the machine can do at most: a square product of float32 in ONNX Runtime, in GFLOP/s, two for a multiplication with its
 * addition. The fastest of many, since everything that disturbs makes it slower; the program tells the median, too, which is
 * what a step made of nothing but such products would reach.
 *
 *   node bench/peak.js [size]
 */
import { pathToFileURL } from "node:url";
import { median } from "./support.js";

/** GFLOP/s of [size, size] · [size, size], the fastest one. */
export const peak = async (size, seconds) => (await products(size, seconds)).fastest;

/** GFLOP/s of the fastest product and of the median. */
async function products(size = 1024, seconds = 2) {
  const { ModelBuilder } = await import("../dist/onnx/index.js");
  const { openRuntime } = await import("../dist/runtime/node/index.js");
  const { allocate } = await import("../dist/runtime/index.js");
  const shape = [size, size];
  const builder = new ModelBuilder();
  const product = builder.node("MatMul", [builder.input("a", "float32", shape), builder.input("b", "float32", shape)]);
  builder.output("y", product, "float32", shape);
  const session = await (await openRuntime("auto")).createSession(builder.finish("peak"));
  const filled = () => {
    const value = allocate("float32", shape);
    value.data.forEach((_, i) => {
      value.data[i] = ((i * 7919) % 97) / 97 - 0.5;
    });
    return value;
  };
  const run = session.bind({ a: filled(), b: filled() }, { y: allocate("float32", shape) });
  const times = [];
  const ends = performance.now() + 1000 * seconds;
  while (performance.now() < ends) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  await session.release();
  const rate = (ms) => (2 * size ** 3) / (ms * 1e6);
  return { fastest: rate(Math.min(...times)), median: rate(median(times)) };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const size = Number(process.argv[2] ?? 1024);
  const { fastest, median: middle } = await products(size);
  console.log(JSON.stringify({ size, gflops: Math.round(fastest), median: Math.round(middle) }));
}
