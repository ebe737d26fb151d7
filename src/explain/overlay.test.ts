import { describe, expect, test } from "vitest";
import { entryOf, HEAT, HEAT_OVER, limitOf, oklch, SIGNED } from "./colours.ts";
import type { HeatMap } from "./heat.ts";
import { enlarged, heatLayer, onto, overlay, reduced, shareOutside, WHOLE } from "./overlay.ts";

const map = (height: number, width: number, values: number[], signed = false): HeatMap => ({
  ...{ height, width, signed },
  values: Float32Array.from(values),
});

describe("colours", () => {
  test("are those of their definition", () => {
    expect(oklch(1, 0, 0)).toEqual([255, 255, 255]);
    expect(oklch(0, 0, 0)).toEqual([0, 0, 0]);
    // An example of CSS Color 4: #7d2329.
    expect(oklch(0.40101, 0.12332, 21.555)).toEqual([125, 35, 41]);
    // No screen has this green, so it is less vivid: at full reach in one of its parts.
    const [red, green, blue] = oklch(0.8, 0.4, 145);
    expect(Math.min(red, green, blue)).toBeLessThan(32);
    expect(green).toBeGreaterThan(200);
  });

  test("of heat grow lighter at every step, and those of both signs clearer towards 0", () => {
    const luma = (table: Uint8Array, i: number) =>
      0.2126 * table[4 * i] + 0.7152 * table[4 * i + 1] + 0.0722 * table[4 * i + 2];
    for (let i = 16; i < 256; i += 16) expect(luma(HEAT, i)).toBeGreaterThan(luma(HEAT, i - 16));
    expect([HEAT_OVER[3], SIGNED[3], SIGNED[4 * 128 + 3] < 3, SIGNED[4 * 255 + 3]]).toEqual([0, 255, true, 255]);
    expect(SIGNED[2]).toBeGreaterThan(SIGNED[0]);
    expect(SIGNED[4 * 255]).toBeGreaterThan(SIGNED[4 * 255 + 2]);
  });

  test("stand for numbers between nothing and the most", () => {
    expect([0, 1, 2, 9].map((value) => entryOf(value, 2, false))).toEqual([0, 128, 255, 255]);
    expect([-2, 0, 2].map((value) => entryOf(value, 2, true))).toEqual([0, 128, 255]);
    expect(entryOf(0, 0, false)).toBe(0);
    expect(limitOf(Float32Array.of(-3, 1, 2))).toBe(3);
    const one = new Float32Array(1000).fill(1);
    one[500] = 100;
    expect(limitOf(one)).toBe(1);
    expect(limitOf(new Float32Array(4))).toBe(0);
  });
});

describe("a map brought to a picture", () => {
  const seen = { height: 4, width: 4 };

  test("is interpolated between the centres of its places, and flat outside of them", () => {
    expect([...onto(map(1, 2, [0, 8]), { height: 1, width: 8 }, { height: 1, width: 8 }, WHOLE)]).toEqual([
      0, 0, 1, 3, 5, 7, 8, 8,
    ]);
    expect([...onto(map(2, 1, [0, 4]), { height: 4, width: 1 }, { height: 4, width: 1 }, WHOLE)]).toEqual([0, 1, 3, 4]);
  });

  test("says nothing of what the network did not see", () => {
    // Of a picture of 4×8 the middle 4×4 was seen.
    const lying = { scale: [1, 1], offset: [0, -2] } as const;
    const brought = onto(map(1, 1, [5]), { height: 4, width: 8 }, seen, lying);
    expect([...brought.subarray(0, 8)]).toEqual([Number.NaN, Number.NaN, 5, 5, 5, 5, Number.NaN, Number.NaN]);
  });

  test("lies where the picture lay between the bars of a letterbox", () => {
    // A picture of 2×4 lies in rows 1 and 2 of 4×4, so it reads the middle rows of the map only.
    const lying = { scale: [1, 1], offset: [1, 0] } as const;
    const rows = [100, 100, 100, 100, 1, 2, 3, 4, 5, 6, 7, 8, 100, 100, 100, 100];
    expect([...onto(map(4, 4, rows), { height: 2, width: 4 }, seen, lying)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("says how much of it lies in the bars", () => {
    // A picture of 4×2 in the middle two of four columns: the outer cells are half covered, or not at all.
    const size = { height: 4, width: 2 };
    const lying = { scale: [1, 1], offset: [0, 1] } as const;
    expect(shareOutside(map(1, 2, [1, -3]), size, seen, lying)).toBe(0.5);
    expect(shareOutside(map(1, 4, [5, 1, 1, 3]), size, seen, lying)).toBe(0.8);
    expect(shareOutside(map(1, 4, [0, 0, 0, 0]), size, seen, lying)).toBe(0);
    expect(shareOutside(map(1, 1, [5]), { height: 4, width: 8 }, seen, { scale: [1, 1], offset: [0, -2] })).toBe(0);
  });

  test("is a layer that is clear where there is nothing, and an overlay that keeps the picture there", () => {
    const size = { height: 1, width: 2 };
    const layer = heatLayer(map(1, 2, [0, 1]), size, size, WHOLE);
    expect([layer.pixels[3], layer.pixels[7]]).toEqual([0, HEAT_OVER[4 * 255 + 3]]);
    const { pixels } = overlay({ ...size, channels: 1, pixels: Uint8Array.of(70, 70) }, layer);
    expect([...pixels.subarray(0, 3)]).toEqual([70, 70, 70]);
    // Yellow at three quarters over grey.
    expect(pixels[3] > 180 && pixels[3] > pixels[5] + 60).toBe(true);
    const signed = heatLayer(map(1, 2, [-1, 0.5], true), size, size, WHOLE).pixels;
    expect([signed[2] > signed[0], signed[4] > signed[6], signed[3], signed[7]]).toEqual([true, true, 255, 127]);
  });

  test("is as strong as what lies in the picture, not beside it", () => {
    // The upper half of the map lies in a bar above the picture.
    const size = { height: 2, width: 4 };
    const layer = heatLayer(map(2, 1, [9, 1]), size, seen, { scale: [1, 1], offset: [2, 0] });
    expect(layer.pixels[4 * 4 + 3]).toBeLessThan(layer.pixels[3]);
    expect(layer.pixels[3]).toBe(HEAT_OVER[4 * 255 + 3]);
    const below = heatLayer(map(2, 1, [9, 1]), size, seen, { scale: [1, 1], offset: [3, 0] });
    expect(below.pixels[3]).toBe(HEAT_OVER[4 * 255 + 3]);
  });

  test("small pictures are enlarged in whole pixels", () => {
    const { pixels } = enlarged({ height: 1, width: 2, channels: 1, pixels: Uint8Array.of(1, 2) }, 2);
    expect([...pixels]).toEqual([1, 1, 2, 2, 1, 1, 2, 2]);
  });

  test("large ones are averaged in squares, the last of which may be cut", () => {
    const picture = { height: 2, width: 3, channels: 1 as const, pixels: Uint8Array.of(1, 2, 10, 3, 6, 20) };
    expect(reduced(picture, 2)).toEqual({ height: 1, width: 2, channels: 1, pixels: Uint8Array.of(3, 15) });
  });
});
