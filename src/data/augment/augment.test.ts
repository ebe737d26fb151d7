import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../core/index.ts";
import type { Affine, AugmentationChoice, Size } from "./augmentation.ts";
import { Draws } from "./draws.ts";
import {
  augmentations,
  composed,
  cutmix,
  flip,
  mixes,
  mixup,
  presets,
  recolour,
  rotate,
  settleAugment,
  shift,
  warp,
} from "./index.ts";

const key = { seed: 7, epoch: 3, picture: 11, repeat: 0 };
const drawsOf = (unit: string, picture = 11) => new Draws().begin(unit, { ...key, picture });
const size = (height: number, width: number, channels: 1 | 3): Size => ({ height, width, channels });
/** Bytes with structure in every direction. */
const picture = ({ height, width, channels }: Size, seed = 1) =>
  Uint8Array.from({ length: height * width * channels }, (_, i) => (i * 7919 * seed + (i % 13) * 31) % 256);
const warped = (from: Uint8Array, map: Affine, of: Size) => {
  const to = new Uint8Array(from.length);
  warp(from, to, map, of);
  return to;
};

/** The definition, in float64: bilinear interpolation between clamped places. */
function slowWarp(from: Uint8Array, [a, b, c, d, e, f]: Affine, { height, width, channels }: Size): number[] {
  const [midX, midY] = [(width - 1) / 2, (height - 1) / 2];
  const at = (y: number, x: number, k: number) => from[(y * width + x) * channels + k]!;
  const out: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const clamp = (place: number, last: number) => Math.min(last, Math.max(0, place));
      const px = clamp(a * (x - midX) + b * (y - midY) + c + midX, width - 1);
      const py = clamp(d * (x - midX) + e * (y - midY) + f + midY, height - 1);
      const [x0, y0] = [Math.floor(px), Math.floor(py)];
      const [x1, y1] = [Math.min(x0 + 1, width - 1), Math.min(y0 + 1, height - 1)];
      const [fx, fy] = [px - x0, py - y0];
      for (let k = 0; k < channels; k++) {
        const top = at(y0, x0, k) * (1 - fx) + at(y0, x1, k) * fx;
        out.push(top * (1 - fy) + (at(y1, x0, k) * (1 - fx) + at(y1, x1, k) * fx) * fy);
      }
    }
  }
  return out;
}

describe("the geometry", () => {
  test("a flip reverses each row, pixel by pixel", () => {
    const rgb = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    expect([...warped(rgb, [-1, 0, 0, 0, 1, 0], size(2, 2, 3))]).toEqual([4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
    expect([...warped(rgb, [1, 0, 0, 0, -1, 0], size(2, 2, 3))]).toEqual([7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6]);
  });

  test("a shift repeats the edge that it uncovers", () => {
    const grey = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
    expect([...warped(grey, [1, 0, -1, 0, 1, 0], size(3, 3, 1))]).toEqual([1, 1, 2, 4, 4, 5, 7, 7, 8]);
    expect([...warped(grey, [1, 0, 0, 0, 1, 2], size(3, 3, 1))]).toEqual([7, 8, 9, 7, 8, 9, 7, 8, 9]);
  });

  test("a quarter turn, by interpolation, is exact for a square", () => {
    const grey = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
    expect([...warped(grey, [0, -1, 0, 1, 0, 0], size(3, 3, 1))]).toEqual([3, 6, 9, 2, 5, 8, 1, 4, 7]);
  });

  test("any map agrees with float64 to what a 256th of a pixel makes", () => {
    const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    const maps = fc.tuple(
      ...[number(-2, 2), number(-1, 1), number(-9, 9), number(-1, 1), number(-2, 2), number(-9, 9)],
    );
    const sides = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(maps, sides, sides, fc.constantFrom(1 as const, 3 as const), (map, height, width, channels) => {
        const of = size(height, width, channels);
        const smooth = Uint8Array.from({ length: height * width * channels }, (_, i) => (i * 5) % 100);
        const [own, exact] = [
          warped(smooth, map as unknown as Affine, of),
          slowWarp(smooth, map as unknown as Affine, of),
        ];
        // A place is off by 1/512 at most, in both directions, between neighbours that differ by less than 100; and one rounding.
        for (const [i, value] of exact.entries()) expect(Math.abs(own[i]! - value)).toBeLessThan(0.5 + 200 / 256);
      }),
      { numRuns: 300 },
    );
  });

  test("maps are composed from the picture outwards", () => {
    const turn: Affine = [0, -1, 0, 1, 0, 0];
    const move: Affine = [1, 0, -1, 0, 1, 0];
    const grey = picture(size(5, 5, 1));
    const twice = warped(warped(grey, turn, size(5, 5, 1)), move, size(5, 5, 1));
    expect(warped(grey, composed(turn, move), size(5, 5, 1))).not.toEqual(grey);
    // Columns that did not come from beyond the edge.
    const once = warped(grey, composed(turn, move), size(5, 5, 1));
    for (let y = 0; y < 5; y++)
      expect([...once.subarray(5 * y + 1, 5 * y + 5)]).toEqual([...twice.subarray(5 * y + 1, 5 * y + 5)]);
  });
});

describe("two maps", () => {
  test("lead where one after the other leads, offsets included", () => {
    const at = ([a, b, c, d, e, f]: Affine, x: number, y: number) => [a * x + b * y + c, d * x + e * y + f] as const;
    const inner: Affine = [1, 2, 3, -4, 5, -6];
    const outer: Affine = [0.5, -1, 7, 2, 0.25, 9];
    for (const [x, y] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [3, -2],
    ] as const) {
      expect(at(composed(inner, outer), x, y)).toEqual(at(inner, ...at(outer, x, y)));
    }
  });
});

describe("colours", () => {
  test("a tone is gain times the byte plus an offset, cut to what a byte holds", () => {
    const grey = Uint8Array.of(0, 10, 100, 200, 255);
    recolour(grey, { gain: 1.5, offset: -20, saturation: 1 }, size(1, 5, 1));
    expect([...grey]).toEqual([0, 0, 130, 255, 255]);
  });

  test("without saturation every pixel becomes its luma, and grey pixels stay as they are at any saturation", () => {
    const rgb = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 90, 90, 90);
    const pale = rgb.slice();
    recolour(pale, { gain: 1, offset: 0, saturation: 0 }, size(1, 4, 3));
    expect([...pale]).toEqual([76, 76, 76, 150, 150, 150, 29, 29, 29, 90, 90, 90]);
    const strong = rgb.slice();
    recolour(strong, { gain: 1, offset: 0, saturation: 1.7 }, size(1, 4, 3));
    expect([...strong.subarray(9)]).toEqual([90, 90, 90]);
    expect([...strong.subarray(0, 3)]).toEqual([255, 0, 0]);
  });

  test("the way for colours agrees with the table where both apply", () => {
    const rgb = picture(size(4, 5, 3));
    const [table, matrix] = [rgb.slice(), rgb.slice()];
    recolour(table, { gain: 1.2, offset: -13, saturation: 1 }, size(4, 5, 3));
    recolour(matrix, { gain: 1.2, offset: -13, saturation: 1 + 1e-9 }, size(4, 5, 3));
    for (const [i, value] of table.entries()) expect(Math.abs(matrix[i]! - value)).toBeLessThanOrEqual(1);
  });
});

/** A unit's work on a picture, whatever its stage. */
function applied({ name, options }: AugmentationChoice, before: Uint8Array, of: Size, index: number) {
  const unit = augmentations[name as keyof typeof augmentations];
  const draws = drawsOf(name, index);
  const after = before.slice();
  if (unit.stage === "geometry") {
    const map = unit.map(options, draws, of);
    if (map !== undefined) warp(before, after, map, of);
  } else if (unit.stage === "colour") {
    const tone = unit.tone(options, draws, () => 100);
    recolour(after, { gain: 1, offset: 0, saturation: 1, ...tone }, of);
  } else if (unit.stage === "pixels") unit.change(options, draws, after, of);
  else unit.mix(options, draws, after, picture(of, 3), of);
  return after;
}

describe.each(Object.values(augmentations))("$name", ({ name, defaults, ranges = {}, says }) => {
  const choice: AugmentationChoice = { kind: "augmentation", name, options: { ...defaults } };

  test("has a range for every number, and defaults inside it", () => {
    expect(says.length).toBeGreaterThan(5);
    expect(Object.keys(ranges).sort()).toEqual(Object.keys(defaults).sort());
    expect(() => settleAugment(choice)).not.toThrow();
  });

  test.each([size(8, 8, 3), size(8, 8, 1), size(5, 7, 3), size(1, 1, 1)])(
    "is the same for the same draws: %j",
    (of) => {
      const before = picture(of);
      const kept = before.slice();
      const runs = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => applied(choice, before, of, index));
      expect(before).toEqual(kept);
      expect([0, 1, 2, 3, 4, 5, 6, 7].map((index) => applied(choice, before, of, index))).toEqual(runs);
      const colourless = of.channels === 1 && (name === "saturation" || name === "grey");
      if (of.height > 1 && !colourless && name !== "grey") {
        // Not every picture changes, but some do, and not all alike.
        expect(new Set(runs.map((bytes) => bytes.join())).size).toBeGreaterThan(1);
      }
      if (colourless) for (const bytes of runs) expect(bytes).toEqual(before);
    },
  );
});

describe("single units", () => {
  const plain = size(16, 16, 3);

  test("noise has the deviation that was drawn, and no drift", () => {
    const unit = augmentations.noise;
    if (unit.stage !== "pixels") throw new Error("noise is not of pixels");
    const bytes = new Uint8Array(64 * 64 * 3).fill(128);
    unit.change({ deviation: 20 }, drawsOf("noise"), bytes, size(64, 64, 3));
    const strength = drawsOf("noise").between(0, 20);
    const mean = bytes.reduce((sum, value) => sum + value, 0) / bytes.length;
    const variance = bytes.reduce((sum, value) => sum + (value - mean) ** 2, 0) / bytes.length;
    expect(Math.abs(mean - 128)).toBeLessThan(0.6);
    expect(Math.sqrt(variance) / strength).toBeGreaterThan(0.95);
    expect(Math.sqrt(variance) / strength).toBeLessThan(1.05);
  });

  test("a blur leaves a flat picture alone and keeps the sum of a point", () => {
    const unit = augmentations.blur;
    if (unit.stage !== "pixels") throw new Error("blur is not of pixels");
    const flat = new Uint8Array(16 * 16 * 3).fill(77);
    unit.change({ deviation: 2, probability: 1 }, drawsOf("blur"), flat, plain);
    expect(new Set(flat)).toEqual(new Set([77]));
    const point = new Uint8Array(31 * 31);
    point[15 * 31 + 15] = 255;
    unit.change({ deviation: 1.5, probability: 1 }, drawsOf("blur"), point, size(31, 31, 1));
    expect(point[15 * 31 + 15]).toBeLessThan(255);
    expect(Math.abs(point.reduce((sum, value) => sum + value, 0) - 255)).toBeLessThan(30);
    expect(point[15 * 31 + 14]).toBe(point[15 * 31 + 16]);
    expect(point[14 * 31 + 15]).toBe(point[15 * 31 + 16]);
  });

  test("erasing hides a rectangle of the size that was asked for", () => {
    const unit = augmentations.erasing;
    if (unit.stage !== "pixels") throw new Error("erasing is not of pixels");
    const of = size(40, 40, 1);
    for (let index = 0; index < 30; index++) {
      const bytes = new Uint8Array(1600).fill(7);
      unit.change({ probability: 1, least: 0.1, most: 0.2, ratio: 0.5 }, drawsOf("erasing", index), bytes, of);
      const changed = [...bytes.keys()].filter((i) => bytes[i] !== 7);
      const rows = new Set(changed.map((i) => Math.floor(i / 40)));
      const columns = new Set(changed.map((i) => i % 40));
      expect((rows.size * columns.size) / 1600).toBeGreaterThan(0.08);
      expect((rows.size * columns.size) / 1600).toBeLessThan(0.22);
      // A random byte is 7 once in 256 times: the rest of the rectangle has changed.
      expect(changed.length).toBeGreaterThan(0.95 * rows.size * columns.size);
    }
  });

  test("cutmix tells the share that is left, and mixup blends by it", () => {
    const { cutmix: cut, mixup: blend } = augmentations;
    if (cut.stage !== "mix" || blend.stage !== "mix") throw new Error("they do not mix");
    const of = size(20, 30, 1);
    for (let index = 0; index < 20; index++) {
      const own = new Uint8Array(600).fill(200);
      const share = cut.mix({ alpha: 1, probability: 1 }, drawsOf("cutmix", index), own, new Uint8Array(600), of);
      expect(own.filter((value) => value === 200).length / 600).toBeCloseTo(share, 9);
      const mixed = new Uint8Array(600).fill(200);
      const part = blend.mix({ alpha: 1, probability: 1 }, drawsOf("mixup", index), mixed, new Uint8Array(600), of);
      expect(part).toBeGreaterThanOrEqual(0.5);
      expect(Math.abs(mixed[0]! - 200 * part)).toBeLessThanOrEqual(0.5);
    }
  });

  test("shares of a Beta(α, α) have its mean and its variance", () => {
    for (const alpha of [0.2, 1, 2]) {
      const draws = Array.from({ length: 4000 }, (_, index) => drawsOf("beta", index).beta(alpha));
      const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
      const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length;
      expect(mean).toBeCloseTo(0.5, 1);
      expect(variance * 4 * (2 * alpha + 1)).toBeGreaterThan(0.9);
      expect(variance * 4 * (2 * alpha + 1)).toBeLessThan(1.1);
    }
  });

  test("draws go on when their first block is used up, and are uniform", () => {
    const draws = drawsOf("long");
    const values = Array.from({ length: 5000 }, () => draws.uniform());
    expect(new Set(values).size).toBeGreaterThan(4990);
    expect(values.reduce((sum, value) => sum + value, 0) / 5000).toBeCloseTo(0.5, 1);
    // A second picture of the same object begins anew.
    draws.begin("long", { ...key });
    expect(Array.from({ length: 40 }, () => draws.uniform())).toEqual(values.slice(0, 40));
    expect(drawsOf("other").uniform()).not.toBe(values[0]);
    for (const other of [{ seed: 8 }, { epoch: 4 }, { picture: 12 }, { repeat: 1 }]) {
      expect(new Draws().begin("long", { ...key, ...other }).uniform()).not.toBe(values[0]);
    }
  });
});

describe("what was asked for", () => {
  test("a preset is its units, a list overrides from left to right, and order is the catalogue's", () => {
    expect(settleAugment("none")).toEqual([]);
    const settled = settleAugment(["standard", flip({ vertical: 0.5 }), rotate({ degrees: 3 })]);
    expect(settled.map(({ name }) => name)).toEqual([
      ...["flip", "scale", "rotate", "shift", "brightness", "contrast", "saturation"],
    ]);
    expect(settled[0]!.options).toEqual({ horizontal: 0.5, vertical: 0.5 });
    expect(settled[2]!.options).toEqual({ degrees: 3 });
    expect(settleAugment(settled)).toEqual(settled);
  });

  test("no preset flips or mixes", () => {
    for (const name of Object.keys(presets) as (keyof typeof presets)[]) {
      expect(settleAugment(name).some((choice) => choice.name === "flip")).toBe(false);
      expect(mixes(settleAugment(name))).toBe(false);
    }
    expect(mixes([mixup()])).toBe(true);
    expect(mixes([shift(), cutmix()])).toBe(true);
  });

  test.each([
    ["standrad", "augment", /there is no "standrad"; did you mean "standard"/],
    [{ kind: "augmentation", name: "flop", options: {} }, "augment", /did you mean "flip"/],
    [rotate({ degrees: 200 }), "augmentation rotate, degrees", /is 200; give a number from 0 to 180/],
    [flip({ horizontal: 1.5 }), "augmentation flip, horizontal", /is 1.5; give a number from 0 to 1/],
    [[3], "augment", /holds 3; give for example \[flip\(\), rotate\(\)\]/],
  ])("%j is refused", (asked, where, message) => {
    const settle = () => settleAugment(asked as Parameters<typeof settleAugment>[0]);
    expect(settle).toThrow(UsageError);
    expect(settle).toThrow(expect.objectContaining({ where, exitCode: 2 }));
    expect(settle).toThrow(message);
  });
});
