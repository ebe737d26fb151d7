import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../core/index.ts";
import type { Picture } from "../data/index.ts";
import { alike, correlation } from "./alike.ts";
import { FEATURES, features } from "./features.ts";
import { ones, perceptualHash } from "./perceptual-hash.ts";
import { SIDE, sketchOf } from "./sketch.ts";

function picture(
  height: number,
  width: number,
  at: (y: number, x: number) => readonly [number, number, number],
): Picture {
  const pixels = new Uint8Array(3 * height * width);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) pixels.set(at(y, x), 3 * (y * width + x));
  return { pixels, height, width, channels: 3 };
}

/** Many waves in coordinates of [0, 1), so that one scene can be drawn at any size. */
const scene = (height: number, width: number, seed = 1, gain = 1) => {
  const random = new Random(seed, "scene");
  const waves = Array.from({ length: 24 }, () => [
    ...[0, 0, 0].map(() => random.between(-4, 4)),
    random.between(4, 16),
  ]);
  return picture(height, width, (y, x) => {
    const [v, u] = [(y + 0.5) / height, (x + 0.5) / width];
    const sum = waves.reduce(
      (all, [down, across, phase, size]) => all + size * Math.sin(2 * Math.PI * (down * v + across * u) + phase),
      0,
    );
    const value = Math.min(255, Math.max(0, 128 + gain * sum));
    return [value, value * 0.8, 255 - value];
  });
};

const bitsApart = (a: Picture, b: Picture) => {
  const [p, q] = [perceptualHash(sketchOf(a).grey), perceptualHash(sketchOf(b).grey)];
  return ones((p[0] ^ q[0]) >>> 0) + ones((p[1] ^ q[1]) >>> 0);
};

describe("a sketch", () => {
  test.each([
    [96, 64],
    [31, 47],
    [5, 1],
    [32, 32],
  ])("of %i×%i pixels holds the mean of each cell", (height, width) => {
    const { grey, colour } = sketchOf(picture(height, width, () => [200, 100, 50]));
    const luma = Math.round(0.299 * 200 + 0.587 * 100 + 0.114 * 50);
    expect([...new Set(grey)]).toEqual([luma]);
    expect([...colour.subarray(0, 6)]).toEqual([200, 100, 50, 200, 100, 50]);
  });

  test("weighs a pixel by its area in each cell", () => {
    // 48 pixels on 32 cells: a cell is one pixel and a half.
    const { grey } = sketchOf(picture(32, 48, (_, x) => (x === 1 ? [240, 240, 240] : [0, 0, 0])));
    expect([grey[0], grey[1], grey[2]]).toEqual([80, 80, 0]);
  });

  test("of a grey picture is that of the same in three channels", () => {
    const colour = picture(40, 30, (y, x) => [y + x, y + x, y + x]);
    const grey: Picture = { pixels: colour.pixels.filter((_, i) => i % 3 === 0), height: 40, width: 30, channels: 1 };
    expect(sketchOf(grey)).toEqual(sketchOf(colour));
  });
});

describe("the hash", () => {
  test("half of its bits are 1", () => {
    const [low, high] = perceptualHash(sketchOf(scene(50, 60)).grey);
    expect(ones(low) + ones(high)).toBe(32);
  });

  test("stays nearly the same at another size and contrast, and differs for another picture", () => {
    expect(bitsApart(scene(200, 300), scene(64, 64))).toBeLessThanOrEqual(4);
    expect(bitsApart(scene(200, 300), scene(200, 300, 1, 0.6))).toBeLessThanOrEqual(4);
    expect(bitsApart(scene(200, 300), scene(200, 300, 2))).toBeGreaterThan(12);
  });

  test("ones counts bits", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (bits) => {
        expect(ones(bits)).toBe([...bits.toString(2)].filter((digit) => digit === "1").length);
      }),
    );
  });
});

describe("alike", () => {
  test("another size of the same picture", () => {
    expect(alike(sketchOf(scene(200, 300)), sketchOf(scene(40, 40)))).toBe(true);
  });

  test("not another picture, nor the same in other colours", () => {
    const own = sketchOf(scene(100, 100));
    expect(alike(own, sketchOf(scene(100, 100, 2)))).toBe(false);
    expect(alike(own, { ...own, colour: own.colour.map((value) => Math.min(255, value + 20)) })).toBe(false);
  });

  test("flat pictures are like no other, not even each other", () => {
    const flat = sketchOf(picture(30, 30, () => [90, 90, 90]));
    expect(correlation(flat.grey, flat.grey)).toBeUndefined();
    expect(alike(flat, flat)).toBe(false);
  });
});

describe("features", () => {
  const of = (grey: Uint8Array) => {
    const out = new Uint8Array(FEATURES);
    features({ grey, colour: new Uint8Array(192) }, out);
    return out;
  };
  const stripes = (at: (y: number, x: number) => boolean) =>
    Uint8Array.from({ length: SIDE * SIDE }, (_, i) => (at(Math.floor(i / SIDE), i % SIDE) ? 200 : 40));

  test("tell directions apart: 9 orientations of each cell, unsigned", () => {
    const upright = of(stripes((_, x) => x % 8 < 4));
    const lying = of(stripes((y) => y % 8 < 4));
    // The cell in row 3, column 3: its gradient points along x in bin 0 for upright stripes, along y half way for lying ones.
    const cell = (3 * 8 + 3) * 9;
    expect(upright[cell]).toBeGreaterThan(100);
    expect(Math.max(...upright.subarray(cell + 1, cell + 9))).toBe(0);
    expect(lying[cell]).toBe(0);
    expect(lying[cell + 4]).toBeGreaterThan(60);
    expect(lying[cell + 5]).toBeGreaterThan(60);
    // Dark on light or light on dark is the same edge.
    expect([...of(stripes((_, x) => x % 8 >= 4)).subarray(0, 576)]).toEqual([...upright.subarray(0, 576)]);
  });

  test("make little of noise on flat ground", () => {
    const noise = of(Uint8Array.from({ length: SIDE * SIDE }, (_, i) => 100 + ((i * 7919) % 13 < 6 ? 1 : 0)));
    expect(Math.max(...noise.subarray(0, 576))).toBeLessThan(100);
    const edges = of(stripes((_, x) => x % 8 < 4));
    expect(Math.max(...edges.subarray(0, 576))).toBeGreaterThan(150);
  });

  test("hold the raster at half its side behind them", () => {
    const out = of(Uint8Array.from({ length: SIDE * SIDE }, (_, i) => i % 256));
    expect(out[576]).toBe(Math.round((0 + 1 + 32 + 33) / 4));
    expect(out[576 + 17]).toBe(Math.round((66 + 67 + 98 + 99) / 4));
  });
});
