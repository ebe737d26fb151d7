import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { contactSheet } from "./contact-sheet.ts";

/** Noise, which no compression makes shorter. */
const picture = (i: number, bytes: number) =>
  Uint8Array.from({ length: bytes }, (_, k) => Math.imul(i * 7919 + k + 1, 2654435761) >>> 24);
const decoded = async (url: string) => {
  const file = Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
  return await sharp(file).raw().toBuffer({ resolveWithObject: true });
};

describe("a contact sheet", () => {
  test.each([
    [7, 28, 20, 1],
    [5, 3, 3, 4],
    [1, 32, 32, 3],
  ] as const)(
    "of %i pictures of %i×%i in %i channels has every pixel, and an edge that repeats the outermost",
    async (count, height, width, channels) => {
      const bytes = height * width * channels;
      const sheet = await contactSheet({ count, height, width, channels, picture: (i) => picture(i, bytes) });
      expect(sheet).toMatchObject({ count, height, width, exact: true });
      expect(sheet.url.startsWith("data:image/png;base64,")).toBe(true);
      const { data, info } = await decoded(sheet.url);
      expect([info.width, info.height]).toEqual([sheet.columns * (width + 2), sheet.rows * (height + 2)]);
      const at = (i: number, y: number, x: number, c: number) => {
        const row = Math.floor(i / sheet.columns) * sheet.pitch.down + y + 1;
        const column = (i % sheet.columns) * sheet.pitch.across + x + 1;
        return data[(row * info.width + column) * info.channels + c];
      };
      for (let i = 0; i < count; i++) {
        const own = picture(i, bytes);
        for (let y = -1; y <= height; y++) {
          for (let x = -1; x <= width; x++) {
            const [v, u] = [Math.min(height - 1, Math.max(0, y)), Math.min(width - 1, Math.max(0, x))];
            // A pixel without opacity has no colour to keep.
            if (channels === 4 && own[(v * width + u) * 4 + 3] === 0) continue;
            for (let c = 0; c < channels; c++) {
              if (at(i, y, x, c) !== own[(v * width + u) * channels + c]) expect([i, y, x, c]).toEqual("the same");
            }
          }
        }
      }
    },
  );

  test("makes large pictures smaller, each pixel a mean", async () => {
    const halves = Uint8Array.from({ length: 188 * 188 }, (_, k) => (k % 2 === 0 ? 40 : 80));
    const sheet = await contactSheet({ count: 3, height: 188, width: 188, channels: 1, picture: () => halves });
    expect(sheet).toMatchObject({ height: 94, width: 94, exact: false, pitch: { across: 96, down: 96 } });
    expect(sheet.url.startsWith("data:image/jpeg;base64,")).toBe(true);
    const { data, info } = await decoded(sheet.url);
    // JPEG is off by a level.
    const first = data.subarray(0, 96 * info.width * info.channels);
    expect(first.filter((byte) => Math.abs(byte - 60) > 1)).toHaveLength(0);
  });

  test("leaves out the last pictures where all would be too long", async () => {
    const request = { count: 50, height: 28, width: 28, channels: 1 as const, picture: (i: number) => picture(i, 784) };
    const whole = await contactSheet(request);
    const longest = Math.floor(whole.url.length / 3);
    const sheet = await contactSheet({ ...request, longest });
    expect(sheet.url.length).toBeLessThanOrEqual(longest);
    expect(sheet.count).toBeGreaterThan(8);
    expect(sheet.count).toBeLessThan(20);
    await expect(contactSheet({ ...request, longest: 10 })).rejects.toThrow("one picture is longer than 10 characters");
  });
});
