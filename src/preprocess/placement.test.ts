import { expect, test } from "vitest";
import { loadNative } from "../runtime/node/index.ts";
import { type Fit, fits, geometryModel } from "./geometry.ts";
import { placementOf } from "./placement.ts";

const native = await loadNative({ threads: 1 });
if (native instanceof Error) throw native;
const runtime = native;

const wanted = { height: 16, width: 24 };

/** Red rises downwards and green to the right, four a pixel: after the geometry a pixel says where it came from. */
async function origins(height: number, width: number, fit: Fit) {
  const pixels = new Uint8Array(3 * height * width);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) pixels.set([4 * y, 4 * x, 255], 3 * (y * width + x));
  const session = await runtime.createSession(geometryModel({ ...wanted, channels: 3, fit }));
  const feeds = { pixels: { dtype: "uint8" as const, shape: [height, width, 3], data: pixels } };
  return (await session.run(feeds)).resized.data as Uint8Array;
}

const sizes: [number, number][] = [
  [60, 40],
  [33, 61],
  [16, 24],
  [7, 5],
  [10, 50],
];
const cases = Object.values(fits).flatMap((fit) => sizes.map(([height, width]) => ({ fit, height, width })));

test.each(cases)(
  "a picture of $height×$width, $fit, lies where the geometry puts it",
  async ({ fit, height, width }) => {
    const resized = await origins(height, width, fit);
    const { scale, offset } = placementOf({ height, width }, wanted, fit);
    let seen = 0;
    for (let y = 0; y < wanted.height; y++) {
      for (let x = 0; x < wanted.width; x++) {
        const [red, green, blue] = resized.subarray(3 * (y * wanted.width + x));
        const own = [(y + 0.5 - offset[0]) / scale[0], (x + 0.5 - offset[1]) / scale[1]];
        const inside = own[0] > 0 && own[0] < height && own[1] > 0 && own[1] < width;
        expect(blue === 255, `${y}, ${x}`).toBe(inside);
        // The outermost pixels of what is resized repeat, so it is flat there.
        const flat = own.some((at, axis) => {
          const bounds = [0, [wanted.height, wanted.width][axis]].map((edge) => (edge - offset[axis]) / scale[axis]);
          const margin = Math.max(1, 1 / scale[axis]);
          return at < Math.max(0, bounds[0]) + margin || at > Math.min([height, width][axis], bounds[1]) - margin;
        });
        if (flat) continue;
        seen++;
        expect(Math.abs(red / 4 + 0.5 - own[0]), `${y}, ${x}`).toBeLessThan(0.26);
        expect(Math.abs(green / 4 + 0.5 - own[1]), `${y}, ${x}`).toBeLessThan(0.26);
      }
    }
    expect(seen).toBeGreaterThan(10);
  },
);
