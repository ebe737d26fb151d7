import { expect, test } from "vitest";
import { add, compile, mul } from "./graph.ts";

test("a name may go in and come out, and may be one that the model file uses itself", async () => {
  const step = compile(({ w, v0, v1, c0 }) => ({
    w: add(mul(w, v0), mul(v1, 3)),
    v0,
    c0: mul(c0, 2),
    pixels: mul(2, w),
  }));
  const { w, v0, c0, pixels } = await step({ w: [1, 2], v0: 10, v1: 1, c0: 4 });
  expect([...w.data]).toEqual([13, 23]);
  expect(v0.value).toBe(10);
  expect(c0.value).toBe(8);
  expect(pixels.shape).toEqual([2]);
});

test("another shape is traced again, under the same names", async () => {
  const double = compile(({ x }) => ({ x: mul(x, 2) }));
  expect((await double({ x: 3 })).x.value).toBe(6);
  expect((await double({ x: [[1, 2]] })).x).toMatchObject({ shape: [1, 2], data: Float32Array.of(2, 4) });
  expect((await double({ x: 4 })).x.value).toBe(8);
});
