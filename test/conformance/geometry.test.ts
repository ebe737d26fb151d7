/** The geometry of the model file, as ONNX Runtime runs it, against resampling written out in float64. */
import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/index.ts";
import { type Fit, type GeometrySpec, geometryModel } from "../../src/preprocess/index.ts";
import { loadNative } from "../../src/runtime/node/index.ts";

const native = await loadNative({ threads: 1 });
if (native instanceof Error) throw native;
const runtime = native;

/** Bytes, or numbers on the way to them, in the order [height, width, 3]. */
interface Image {
  readonly height: number;
  readonly width: number;
  readonly data: ArrayLike<number>;
}

const at = ({ width, data }: Image, y: number, x: number, c: number) => data[3 * (y * width + x) + c]!;

function imageOf(height: number, width: number, value: (y: number, x: number, c: number) => number): Image {
  const data = Array.from({ length: 3 * height * width }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return value(Math.floor(pixel / width), pixel % width, i % 3);
  });
  return { height, width, data };
}

/**
 * Weights of the source's samples for each sample of the result: a triangle as wide as the larger of the two grids' steps,
 * around the place where the sample's middle falls. Beyond the border the outermost sample goes on.
 */
function triangles(from: number, to: number): number[][] {
  const step = from / to;
  const reach = Math.max(1, step);
  return Array.from({ length: to }, (_, i) => {
    const middle = (i + 0.5) * step - 0.5;
    const weights = new Array<number>(from).fill(0);
    for (let j = Math.floor(middle - reach); j <= middle + reach; j++) {
      weights[Math.min(from - 1, Math.max(0, j))]! += Math.max(0, 1 - Math.abs(j - middle) / reach);
    }
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  });
}

function resized(image: Image, height: number, width: number): Image {
  const rows = triangles(image.height, height);
  const columns = triangles(image.width, width);
  const sum = (weights: number[], of: (i: number) => number) =>
    weights.reduce((total, weight, i) => (weight === 0 ? total : total + weight * of(i)), 0);
  const wide = imageOf(image.height, width, (y, x, c) => sum(columns[x]!, (i) => at(image, y, i, c)));
  return imageOf(height, width, (y, x, c) => sum(rows[y]!, (i) => at(wide, i, x, c)));
}

const references: Readonly<Record<Fit, (image: Image, size: GeometrySpec) => Image>> = {
  stretch: (image, { height, width }) => resized(image, height, width),
  letterbox: (image, { height, width }) => {
    const scale = Math.min(height / image.height, width / image.width);
    const h = Math.max(1, Math.round(image.height * scale));
    const w = Math.max(1, Math.round(image.width * scale));
    const inner = resized(image, h, w);
    const [top, left] = [Math.floor((height - h) / 2), Math.floor((width - w) / 2)];
    return imageOf(height, width, (y, x, c) => {
      const inside = y >= top && y < top + h && x >= left && x < left + w;
      return inside ? at(inner, y - top, x - left, c) : 128;
    });
  },
  crop: (image, { height, width }) => {
    const scale = Math.min(image.height / height, image.width / width);
    const [h, w] = [Math.max(1, Math.round(height * scale)), Math.max(1, Math.round(width * scale))];
    const [top, left] = [Math.floor((image.height - h) / 2), Math.floor((image.width - w) / 2)];
    return resized(
      imageOf(h, w, (y, x, c) => at(image, y + top, x + left, c)),
      height,
      width,
    );
  },
};

async function run({ height, width, data }: Image, spec: GeometrySpec): Promise<Uint8Array> {
  const session = await runtime.createSession(geometryModel(spec));
  const pixels = { dtype: "uint8" as const, shape: [height, width, 3], data: Uint8Array.from(data) };
  return (await session.run({ pixels })).resized!.data as Uint8Array;
}

const random = (height: number, width: number) => {
  const draw = new Random(height, "geometry", width);
  return imageOf(height, width, () => draw.below(256));
};

describe.each(["letterbox", "crop", "stretch"] as const)("%s", (fit) => {
  test.each([
    [40, 23, 16, 16],
    [9, 31, 16, 16],
    [5, 7, 12, 12],
    [16, 16, 16, 16],
    [64, 64, 8, 8],
    [1, 90, 8, 8],
    [90, 1, 8, 8],
    [30, 20, 12, 18],
  ])("%d×%d to %d×%d is the resampling by triangles, rounded once in each direction", async (h, w, height, width) => {
    const image = random(h, w);
    const spec = { height, width, channels: 3, fit } as const;
    const found = await run(image, spec);
    const { data } = references[fit](image, spec);
    const off = Array.from(data, (value, i) => Math.abs(value - found[i]!));
    expect(Math.max(...off)).toBeLessThan(1.001);
    // Of two errors that are even between ±½ the mean size is 1/3.
    expect(off.reduce((sum, value) => sum + value, 0) / off.length).toBeLessThan(0.36);
  });
});

test("letterbox is what a geometry does that is not told anything", async () => {
  const image = random(10, 30);
  const size = { height: 8, width: 8, channels: 1 } as const;
  expect(await run(image, size)).toEqual(await run(image, { ...size, fit: "letterbox" }));
  expect(await run(image, size)).not.toEqual(await run(image, { ...size, fit: "crop" }));
  expect(await run(image, size)).not.toEqual(await run(image, { ...size, fit: "stretch" }));
});

test("a crop of a long strip takes little memory: it is cut before it is enlarged", async () => {
  // Enlarged as a whole to 64 pixels of height it would be 64×12,800,000 numbers of 4 bytes in 3 planes: 9.8 GB.
  const strip: Image = { height: 2, width: 400_000, data: new Uint8Array(2_400_000).fill(77) };
  const found = await run(strip, { height: 64, width: 64, channels: 3, fit: "crop" });
  expect(new Set(found)).toEqual(new Set([77]));
});
