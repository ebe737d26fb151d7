import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { Random, UsageError } from "../../core/index.ts";
import type { Picture } from "../types.ts";
import { decodePicture, decodeWithAlpha, factsOfFile } from "./decode.ts";
import { jpegFacts } from "./picture-header.ts";

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
    await expect(decodePicture(file)).rejects.toMatchObject({ what: "more than 50 million pixels (100000×100000)" });
  });

  test("files that are not there", async () => {
    await expect(decodePicture("/no/such/file.jpg")).rejects.toMatchObject({ what: "the file does not exist" });
    await expect(decodePicture(tmpdir())).rejects.toMatchObject({ what: "a folder, not a picture" });
  });
});

describe("tells how the picture lay in its file", () => {
  const factsOf = async (file: Buffer) => (await decodePicture(file)).facts;

  test("JPEG: grey, CMYK, orientation", async () => {
    const grey = await solid(9, 9, 9).toColourspace("b-w").jpeg().toBuffer();
    expect(await factsOf(grey)).toMatchObject({ format: "JPEG", width: 16, height: 8, channels: 1, bits: 8 });
    expect(await factsOf(grey)).toMatchObject({ orientation: 1, alpha: false, cmyk: false, frames: 1 });
    const cmyk = await solid(200, 60, 30).toColourspace("cmyk").jpeg().toBuffer();
    expect(await factsOf(cmyk)).toMatchObject({ channels: 4, cmyk: true, alpha: false });
    const turned = await solid(1, 2, 3).withMetadata({ orientation: 8 }).jpeg().toBuffer();
    expect(await factsOf(turned)).toMatchObject({ width: 16, height: 8, channels: 3, orientation: 8 });
  });

  test("the header that is read here says the same as the decoder's own reading", async () => {
    for (const progressive of [false, true]) {
      for (const orientation of [1, 3, 6]) {
        const file = await busy().withMetadata({ orientation }).jpeg({ progressive }).toBuffer();
        const { width, height, channels } = await sharp(file).metadata();
        expect(jpegFacts(file)).toMatchObject({ width, height, channels, orientation, bits: 8 });
      }
    }
  });

  test("PNG: palette, 16 bits, alpha, one bit", async () => {
    expect(await factsOf(await solid(1, 2, 3).png({ palette: true }).toBuffer())).toMatchObject({ palette: true });
    const wide = sharp(new Uint16Array(64).fill(30000), { raw: { width: 8, height: 8, channels: 1 } });
    expect(await factsOf(await wide.toColourspace("grey16").png().toBuffer())).toMatchObject({ bits: 16, channels: 1 });
    const clear = sharp({ create: { width: 4, height: 4, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0.5 } } });
    expect(await factsOf(await clear.png().toBuffer())).toMatchObject({ alpha: true, channels: 4 });
  });

  test("frames of an animation, of which the size is one frame's", async () => {
    const frames = Buffer.concat([Buffer.alloc(48, 255), Buffer.alloc(48, 0)]);
    const raw = { width: 4, height: 8, channels: 3, pageHeight: 4 } as const;
    for (const format of ["gif", "webp"] as const) {
      const file = await sharp(frames, { raw }).toFormat(format, { lossless: true }).toBuffer();
      expect(await factsOf(file)).toMatchObject({ frames: 2, width: 4, height: 4 });
    }
  });
});

test("before its alpha is laid over white", async () => {
  const half = sharp({ create: { width: 4, height: 4, channels: 4, background: { r: 10, g: 20, b: 30, alpha: 0.5 } } });
  expect([...(await decodeWithAlpha(await half.png().toBuffer())).pixels.subarray(0, 4)]).toEqual([10, 20, 30, 128]);
  expect([...(await decodeWithAlpha(await solid(1, 2, 3).png().toBuffer())).pixels.subarray(0, 4)]).toEqual([
    1, 2, 3, 255,
  ]);
});

describe("real files", () => {
  /** 8-bit RGBA; 16 bits by dropping the low byte, as for every picture here. */
  function truthOf(name: string): number[] | undefined {
    const stem = join(shared, "bad-images/pngsuite-pixels", name.replace(/\.png$/, ""));
    const [file] = [`${stem}.json`, `${stem}_to8.json`].filter((path) => existsSync(path));
    if (file === undefined) return undefined;
    const rgba = JSON.parse(readFileSync(file, "utf8")) as number[];
    return rgba.some((value) => value > 255) ? rgba.map((value) => value >> 8) : rgba;
  }

  test.skipIf(!present)(title("PngSuite: every good file exactly, RGBA; every corrupt one refused"), async () => {
    const folder = join(shared, "bad-images/pngsuite");
    const refused: string[] = [];
    const wrong: string[] = [];
    let compared = 0;
    for (const name of readdirSync(folder).filter((file) => file.endsWith(".png"))) {
      const picture = await decodeWithAlpha(join(folder, name)).catch(() => undefined);
      if (picture === undefined) {
        refused.push(name);
        continue;
      }
      const truth = truthOf(name);
      compared++;
      if (truth?.length !== picture.pixels.length || truth.some((value, i) => value !== picture.pixels[i])) {
        wrong.push(name);
      }
      const { pixels } = await decodePicture(join(folder, name));
      const apart = pixels.findIndex((value, i) => {
        const at = 4 * Math.floor(i / 3);
        const alpha = truth![at + 3]! / 255;
        return Math.abs(value - (alpha * truth![at + (i % 3)]! + (1 - alpha) * 255)) > 2;
      });
      if (apart >= 0) wrong.push(`${name}, over white, value ${apart}`);
    }
    expect(wrong).toEqual([]);
    expect(refused.every((name) => name.startsWith("x"))).toBe(true);
    expect([refused.length, compared]).toEqual([14, 161]);
  });

  // The photographs differ by a large number that is drawn on each.
  test.skipIf(!present)(title("the 18 EXIF samples show the same two photographs"), async () => {
    const folder = join(shared, "bad-images/exif-orientation");
    for (const kind of ["Landscape", "Portrait"]) {
      const upright = await decodePicture(join(folder, `${kind}_1.jpg`));
      for (const orientation of [0, 1, 2, 3, 4, 5, 6, 7, 8]) {
        const turned = await decodePicture(join(folder, `${kind}_${orientation}.jpg`));
        expect(turned.facts?.orientation).toBe(Math.max(1, orientation));
        expect([turned.height, turned.width]).toEqual([upright.height, upright.width]);
        let difference = 0;
        for (let i = 0; i < upright.pixels.length; i++) difference += Math.abs(upright.pixels[i]! - turned.pixels[i]!);
        // 0.4 to 3.7 where the orientation is right, above 40 where the picture is not turned.
        expect(difference / upright.pixels.length, `${kind}_${orientation}`).toBeLessThan(5);
      }
    }
  });
});

/** The header of a format with a size of its own in it, and nothing behind. */
const claims: Readonly<Record<string, (file: Buffer) => void>> = {
  jpeg: (file) => {
    const frame = file.indexOf(Buffer.from([0xff, 0xc0]));
    file.writeUInt16BE(65000, frame + 5);
    file.writeUInt16BE(65000, frame + 7);
  },
  png: (file) => {
    file.writeUInt32BE(65000, 16);
    file.writeUInt32BE(65000, 20);
    file.writeUInt32BE(crcOf(file.subarray(12, 29)), 29);
  },
  gif: (file) => {
    const frame = file.indexOf(0x2c, 13);
    for (const at of [6, 8, frame + 5, frame + 7]) file.writeUInt16LE(65000, at);
  },
  webp: (file) => {
    // VP8L: 14 bits of width − 1, then 14 of height − 1; 16383 × 16383 is the most that the decoder takes.
    const at = file.indexOf("VP8L") + 9;
    file.writeUInt32LE((file.readUInt32LE(at) & 0xf0000000) + 0x3ffe + (0x3ffe << 14), at);
  },
  tiff: (file) => {
    const directory = file.readUInt32LE(4);
    for (let entry = directory + 2; entry < directory + 2 + 12 * file.readUInt16LE(directory); entry += 12) {
      if (![256, 257].includes(file.readUInt16LE(entry))) continue;
      file.writeUInt16LE(4, entry + 2);
      file.writeUInt32LE(65000, entry + 8);
    }
  },
  avif: (file) => {
    const at = file.indexOf("ispe") + 8;
    file.writeUInt32BE(65000, at);
    file.writeUInt32BE(65000, at + 4);
  },
};

/** CRC-32 as PNG has it; `node:zlib` has one from Node 22 only. */
function crcOf(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

describe("hostile files cost nothing", () => {
  test.each(Object.keys(claims))("a %s that claims gigapixels", async (format) => {
    const file = await busy()
      .toFormat(format as "png", { lossless: true })
      .toBuffer();
    claims[format]!(file);
    const before = process.memoryUsage().rss;
    const started = performance.now();
    const refusal = await decodePicture(file).catch((error) => error);
    // The decoder of AVIF holds the two sizes in the file against each other before it says any.
    expect(refusal.what).toMatch(format === "avif" ? /^(more than 50|damaged AVIF)/ : /^more than 50 million pixels/);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });

  test("any bytes behind each magic number: a picture or a reason, and never a crash", async () => {
    const random = new Random(3, "hostile");
    for (const format of Object.keys(claims)) {
      const whole = await busy()
        .toFormat(format as "png")
        .toBuffer();
      for (let round = 0; round < 60; round++) {
        const file = Buffer.from(whole);
        // Even rounds: noise behind the magic number; odd ones: a good file with a few bytes changed.
        const changes = round % 2 === 0 ? file.length : 1 + (round % 9);
        for (let i = 0; i < changes; i++) {
          const at = round % 2 === 0 ? i : random.below(file.length);
          if (at >= 16) file[at] = random.below(256);
        }
        const result = await decodePicture(file).catch((error) => error);
        if (result instanceof UsageError) expect(result.what).not.toBe("");
        else expect(result.pixels).toHaveLength(3 * result.width * result.height);
      }
    }
  });
});

test("a pipe is not waited for, nor is a device", async () => {
  const folder = mkdtempSync(join(tmpdir(), "argmin-pipe-"));
  try {
    execFileSync("mkfifo", [join(folder, "x.jpg")]);
    const what = "a pipe, socket or device, not a picture";
    await expect(decodePicture(join(folder, "x.jpg"))).rejects.toMatchObject({ what });
    await expect(decodePicture("/dev/zero")).rejects.toMatchObject({ what });
    expect(await factsOfFile(join(folder, "x.jpg"))).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a file that is longer than any picture is not read", async () => {
  const folder = mkdtempSync(join(tmpdir(), "argmin-long-"));
  try {
    const path = join(folder, "long.jpg");
    writeFileSync(path, "");
    truncateSync(path, 3e9);
    await expect(decodePicture(path)).rejects.toMatchObject({ what: "a file of 3000 MB, more than 536" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("facts from the head of a file alone, and none of what is no picture", async () => {
  const folder = mkdtempSync(join(tmpdir(), "argmin-facts-"));
  try {
    const [jpeg, late, text] = ["a.jpg", "late.jpg", "text.jpg"].map((name) => join(folder, name));
    const file = await solid(1, 2, 3).toColourspace("b-w").jpeg().toBuffer();
    writeFileSync(jpeg!, file);
    // A comment of 64 KiB twice over, so that the frame header lies far behind.
    const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0xff, 0xff]), Buffer.alloc(0xfffd)]);
    writeFileSync(late!, Buffer.concat([file.subarray(0, 2), comment, comment, file.subarray(2)]));
    writeFileSync(text!, "no picture");
    expect(await factsOfFile(jpeg!)).toMatchObject({ format: "JPEG", channels: 1, width: 16 });
    expect(await factsOfFile(late!)).toMatchObject({ format: "JPEG", channels: 1, width: 16 });
    expect(await factsOfFile(text!)).toBeUndefined();
    expect(await factsOfFile(join(folder, "gone.jpg"))).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
