import { expect, test } from "vitest";
import { ModelBuilder } from "../onnx/index.ts";
import { allocate, type Runtime, type Session } from "./index.ts";
import { inPlace } from "./node/in-place.ts";
import { loadNative } from "./node/index.ts";

const SIZE = 1 << 20;

/** y = x + x over a million numbers, its output written in place or returned. */
async function doubling(kept: readonly string[]): Promise<Session> {
  const builder = new ModelBuilder();
  const x = builder.input("x", "float32", [SIZE]);
  builder.output("y", builder.node("Add", [x, x]), "float32", [SIZE]);
  const runtime = (await loadNative({ threads: 1 })) as Runtime;
  return runtime.createSession(builder.finish("doubling"), { kept });
}

/** Bytes of arrays that some runs leave behind, at most. */
async function leftBehind(session: Session, y = allocate("float32", [SIZE])): Promise<number> {
  const x = allocate("float32", [SIZE]);
  (x.data as Float32Array).fill(1.5);
  const run = session.bind({ x }, { y });
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  for (let i = 0; i < 8; i++) {
    await run();
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  expect([y.data[0], y.data[SIZE - 1]]).toEqual([3, 3]);
  await session.release();
  return most;
}

test("a kept output is written into its block and not copied again", async () => {
  expect(await leftBehind(await doubling([]))).toBeGreaterThan(SIZE);
  expect(await leftBehind(await doubling(["y"]))).toBeLessThan(SIZE);
});

test("the output that sees to it is nobody's business, and other errors pass", async () => {
  const session = await doubling(["y"]);
  expect(session.outputNames).toEqual(["y"]);
  const wrong = session.bind({ x: allocate("float32", [2]) }, { y: allocate("float32", [SIZE]) });
  await expect(wrong()).rejects.toThrow(/invalid dimensions/);
  expect(() => inPlace.ended(new Error("out of memory"))).toThrow("out of memory");
  await session.release();
});
