import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import type { Picture } from "../types.ts";
import { decodePicture } from "./decode.ts";

const shared = join(import.meta.dirname, "../../../../shared/data");
const present = existsSync(shared);
const title = (name: string) => (present ? name : `${name} (skipped: ../shared/data is absent)`);

const solid = (r: number, g: number, b: number) =>
  sharp({ create: { width: 16, height: 8, channels: 3, background: { r, g, b } } });

/** 64×64 pixels that no codec compresses to nothing. */
const busy = () =>
  sharp(Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919 + ((i * i) >> 3)) & 255)), {
    raw: { width: 64, height: 64, channels: 3 },
  });

const firstPixel = (picture: Picture) => [...picture.pixels.subarray(0, 3)];

describe("decodes to RGB bytes", () => {
  test.each(["jpeg", "png", "webp", "gif", "tiff", "avif"] as const)("%s", async (format) => {
    const picture = await decodePicture(await solid(200, 60, 30).toFormat(format, { lossless: true }).toBuffer());
    expect(picture).toMatchObject({ height: 8, width: 16, channels: 3 });
    expect(picture.pixels).toHaveLength(8 * 16 * 3);
    for (const [i, value] of firstPixel(picture).entries()) expect(Math.abs(value - [200, 60, 30][i]!)).toBeLessThan(6);
  });

  test("one channel becomes three", async () => {
    const grey = await solid(60, 60, 60).toColourspace("b-w").png().toBuffer();
    expect(firstPixel(await decodePicture(grey))).toEqual([60, 60, 60]);
  });

  test("16 bits become 8 by dropping the low byte", async () => {
    const wide = sharp(new Uint16Array(64).fill(30000), { raw: { width: 8, height: 8, channels: 1 } });
    const file = await wide.toColourspace("grey16").png().toBuffer();
    expect((await sharp(file).metadata()).depth).toBe("ushort");
    expect(firstPixel(await decodePicture(file))).toEqual([117, 117, 117]);
  });

  test("CMYK becomes sRGB", async () => {
    const file = await solid(200, 60, 30).toColourspace("cmyk").jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(file).metadata()).space).toBe("cmyk");
    const [r, g, b] = firstPixel(await decodePicture(file));
    expect(r).toBeGreaterThan(180);
    expect(g! + b!).toBeLessThan(120);
  });

  test("what is transparent shows white", async () => {
    const half = sharp({ create: { width: 4, height: 4, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0.5 } } });
    const [value] = firstPixel(await decodePicture(await half.png().toBuffer()));
    expect(Math.abs(value! - 127)).toBeLessThanOrEqual(1);
    const clear = sharp({ create: { width: 4, height: 4, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0 } } });
    expect(firstPixel(await decodePicture(await clear.webp({ lossless: true }).toBuffer()))).toEqual([255, 255, 255]);
  });

  test("EXIF orientation is applied", async () => {
    const file = await solid(1, 2, 3).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await decodePicture(file)).toMatchObject({ height: 16, width: 8 });
  });

  test("the first frame of an animation", async () => {
    const frames = Buffer.concat([Buffer.alloc(48, 255), Buffer.alloc(48, 0)]);
    const file = await sharp(frames, { raw: { width: 4, height: 8, channels: 3, pageHeight: 4 } })
      .gif()
      .toBuffer();
    expect((await sharp(file).metadata()).pages).toBe(2);
    const picture = await decodePicture(file);
    expect(picture.height).toBe(4);
    expect(firstPixel(picture)).toEqual([255, 255, 255]);
  });

  test("a photograph with stray bytes between two markers", async () => {
    const file = await busy().jpeg().toBuffer();
    const endOfFirstSegment = 4 + file.readUInt16BE(4);
    const parts = [file.subarray(0, endOfFirstSegment), Buffer.alloc(3), file.subarray(endOfFirstSegment)];
    expect((await decodePicture(Buffer.concat(parts))).pixels).toEqual((await decodePicture(file)).pixels);
  });

  test("a PNG named .jpg is a PNG", async () => {
    expect(await decodePicture(await solid(5, 5, 5).png().toBuffer(), "wrong.jpg")).toMatchObject({ width: 16 });
  });
});

describe("refuses, with a short reason", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  test.each([
    ["an empty file", new Uint8Array(0), "empty file"],
    ["text", bytes("hello, world, how are you?"), 'not a picture (starts with "hello, world")'],
    ["bytes", Uint8Array.of(0, 1, 2, 250, 251, 252, 253), "not a picture (starts with bytes 00 01 02 fa fb fc)"],
    ["SVG", bytes("<svg xmlns='http://www.w3.org/2000/svg'/>"), 'not a picture (starts with "<svg xmlns=\'")'],
    ["BMP", Buffer.concat([Buffer.from("BM"), Buffer.alloc(52)]), "BMP, which cannot be decoded here"],
    [
      "HEIC",
      Buffer.concat([Buffer.from("\0\0\0\x18ftypheic"), Buffer.alloc(50)]),
      "HEIC, which cannot be decoded here",
    ],
    ["a JPEG of three bytes", Uint8Array.of(0xff, 0xd8, 0xff), "truncated JPEG"],
  ])("%s", async (_, input, what) => {
    await expect(decodePicture(input, "a/1.jpg")).rejects.toMatchObject({ where: "a/1.jpg", what, exitCode: 1 });
  });

  test.each([
    ["JPEG", 0.5],
    ["JPEG", 0.97],
    ["PNG", 0.5],
    ["PNG", 0.97],
    ["WebP", 0.97],
    ["GIF", 0.5],
    ["AVIF", 0.97],
  ])("%s cut to %d of its length", async (format, share) => {
    const whole = await busy()
      .toFormat(format.toLowerCase() as "jpeg")
      .toBuffer();
    const cut = whole.subarray(0, Math.floor(share * whole.length));
    await expect(decodePicture(cut)).rejects.toMatchObject({ what: `truncated ${format}` });
  });

  test.each([0.5, 0.97])("TIFF cut to %d of its length", async (share) => {
    const whole = await busy().tiff().toBuffer();
    const cut = whole.subarray(0, Math.floor(share * whole.length));
    await expect(decodePicture(cut)).rejects.toMatchObject({ what: expect.stringMatching(/^damaged TIFF/) });
  });

  test("a PNG with a wrong checksum", async () => {
    const file = Buffer.from(await busy().png({ compressionLevel: 0 }).toBuffer());
    file[file.length >> 1]! ^= 1;
    await expect(decodePicture(file)).rejects.toMatchObject({ what: expect.stringMatching(/^damaged PNG/) });
  });

  test("a picture of more pixels than any picture has", async () => {
    // A PNG header that claims 100000×100000 pixels; no pixel is needed for the refusal.
    const file = Buffer.from(await solid(0, 0, 0).png().toBuffer());
    file.writeUInt32BE(100000, 16);
    file.writeUInt32BE(100000, 20);
    const { crc32 } = await import("node:zlib");
    if (crc32 !== undefined) file.writeUInt32BE(crc32(file.subarray(12, 29)), 29);
    await expect(decodePicture(file)).rejects.toMatchObject({ what: "more than 268 million pixels" });
  });

  test("files that are not there", async () => {
    await expect(decodePicture("/no/such/file.jpg")).rejects.toMatchObject({ what: "the file does not exist" });
    await expect(decodePicture(tmpdir())).rejects.toMatchObject({ what: "a folder, not a picture" });
  });
});

describe("real files", () => {
  test.skipIf(!present)(title("PngSuite: all good files are right to the byte, all corrupt ones refused"), async () => {
    const folder = join(shared, "bad-images/pngsuite");
    const refused: string[] = [];
    let compared = 0;
    for (const name of readdirSync(folder).filter((file) => file.endsWith(".png"))) {
      const picture = await decodePicture(join(folder, name)).catch(() => undefined);
      if (picture === undefined) {
        refused.push(name);
        continue;
      }
      const pixels = join(shared, "bad-images/pngsuite-pixels", name.replace(".png", ""));
      const eight = existsSync(`${pixels}_to8.json`);
      if (!eight && !existsSync(`${pixels}.json`)) continue;
      const rgba = JSON.parse(readFileSync(eight ? `${pixels}_to8.json` : `${pixels}.json`, "utf8")) as number[];
      // Files without a "_to8" version list 16-bit values where the picture has 16 bits and alpha.
      const shift = rgba.some((value) => value > 255) ? 8 : 0;
      compared++;
      for (let i = 0; i < rgba.length / 4; i++) {
        const alpha = (rgba[4 * i + 3]! >> shift) / 255;
        for (let channel = 0; channel < 3; channel++) {
          const expected = alpha * (rgba[4 * i + channel]! >> shift) + (1 - alpha) * 255;
          if (Math.abs(picture.pixels[3 * i + channel]! - expected) > 2)
            expect.fail(`${name}, pixel ${i}: not ${expected}`);
        }
      }
    }
    expect(refused.every((name) => name.startsWith("x"))).toBe(true);
    expect(refused).toHaveLength(14);
    expect(compared).toBeGreaterThan(140);
  });

  test.skipIf(!present)(title("the nine EXIF orientations show the same photograph"), async () => {
    const folder = join(shared, "bad-images/exif-orientation");
    for (const kind of ["Landscape", "Portrait"]) {
      const upright = await decodePicture(join(folder, `${kind}_1.jpg`));
      for (const orientation of [3, 5, 6, 8]) {
        const turned = await decodePicture(join(folder, `${kind}_${orientation}.jpg`));
        expect([turned.height, turned.width]).toEqual([upright.height, upright.width]);
        let difference = 0;
        for (let i = 0; i < upright.pixels.length; i += 101)
          difference += Math.abs(upright.pixels[i]! - turned.pixels[i]!);
        expect((101 * difference) / upright.pixels.length).toBeLessThan(8);
      }
    }
  });
});
