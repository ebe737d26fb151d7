import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { mosaicPng } from "./mosaic.ts";

const block = (count: number, size: number, channels: 1 | 3) => ({
  pixels: Uint8Array.from({ length: count * size * size * channels }, (_, i) => (i * 7919 + (i % 97)) % 251),
  height: size,
  width: size,
  channels,
});
const decoded = async (png: Uint8Array) => await sharp(png).raw().toBuffer({ resolveWithObject: true });

describe("a mosaic", () => {
  test.each([
    [64, 32, 3],
    [5, 28, 1],
    [10, 8, 3],
  ] as const)("of %i pictures of %i pixels in %i channels shows every pixel of each", async (count, size, channels) => {
    const pictures = block(count, size, channels);
    const { data, info } = await decoded(await mosaicPng(pictures));
    const times = Math.floor(72 / size);
    const cell = times * size + 2;
    expect(info.width).toBe(Math.min(8, count) * cell + 2);
    expect(info.height).toBe(Math.ceil(count / 8) * cell + 2);
    for (let i = 0; i < count; i++) {
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) {
          const row = 2 + Math.floor(i / 8) * cell + y * times;
          const column = 2 + (i % 8) * cell + x * times;
          for (let k = 0; k < channels; k++) {
            const shown = data[(row * info.width + column) * info.channels + k];
            if (shown !== pictures.pixels[((i * size + y) * size + x) * channels + k]) {
              expect.fail(`picture ${i}, row ${y}, column ${x}, channel ${k} shows ${shown}`);
            }
          }
        }
      }
    }
    expect(data[0]).toBe(224);
  });

  test("shows 64 pictures at most, and makes large ones smaller", async () => {
    expect((await decoded(await mosaicPng(block(70, 8, 1)))).info).toMatchObject({
      width: 8 * 74 + 2,
      height: 8 * 74 + 2,
    });
    const { info } = await decoded(await mosaicPng(block(8, 288, 3)));
    expect(info.width).toBe(Math.round((8 * 290 + 2) / 2));
  });
});
