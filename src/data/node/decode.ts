/**
 * A picture file to RGB bytes [height, width, 3]; the only file that knows the decoder (sharp, which is libvips).
 *
 * Full decode at the file's own size: shrink-on-load would be a second, different resize in front of ours. The EXIF
 * orientation is applied, alpha is composited over white, 16 bits and CMYK become 8-bit sRGB (16 bits by dropping the
 * low byte), an embedded colour profile is converted to sRGB, and of an animation the first frame is taken.
 *
 * `failOn: "error"`, found by trial. "truncated" lets a cut TIFF and two PNGs with a wrong checksum pass; "error" refuses
 * every file that was cut inside its pixels (JPEG, PNG, WebP, GIF, TIFF, AVIF) and all 14 corrupt files of PngSuite, and
 * reads all good ones; "warning" refuses no more of those, but also turns away a good photograph for a few stray bytes
 * between two markers.
 */
import { readFile } from "node:fs/promises";
import sharp from "sharp";
import { UsageError } from "../../core/index.ts";
import type { Picture } from "../types.ts";
import { decodableFormats, formatOf, startOf } from "./file-format.ts";

// Every picture is read once, so a cache only grows; and pictures are decoded side by side, so one thread for each.
sharp.cache(false);
sharp.concurrency(1);

/** The same limit as sharp's own default: a square of 16383 pixels, 0.8 GB as RGB. */
const LIMIT_PIXELS = 0x3fff * 0x3fff;

/**
 * @param where the name for errors; by default the path
 * @throws UsageError whose `what` is a short reason ("truncated JPEG"), with exit code 1
 */
export async function decodePicture(input: string | Uint8Array, where?: string): Promise<Picture> {
  const place = where ?? (typeof input === "string" ? input : "picture");
  const bytes = typeof input === "string" ? await read(input, place) : input;
  const format = formatOf(bytes);
  if (bytes.length === 0) throw unreadable(place, "empty file");
  if (format === undefined) throw unreadable(place, `not a picture (starts with ${startOf(bytes)})`);
  if (!decodableFormats.has(format)) throw unreadable(place, `${format}, which cannot be decoded here`);
  try {
    const { data, info } = await sharp(bytes, { failOn: "error", limitInputPixels: LIMIT_PIXELS, autoOrient: true })
      .flatten({ background: "#ffffff" })
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels instead of 3`);
    const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return { pixels, height: info.height, width: info.width, channels: 3 };
  } catch (error) {
    throw unreadable(place, reasonOf(error as Error, format, bytes));
  }
}

async function read(path: string, place: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const reasons: Record<string, string> = {
      ENOENT: "the file does not exist",
      EACCES: "no permission to read the file",
      EISDIR: "a folder, not a picture",
    };
    const { code, message } = error as NodeJS.ErrnoException;
    throw unreadable(place, reasons[code ?? ""] ?? message);
  }
}

function unreadable(place: string, reason: string): UsageError {
  return new UsageError(place, reason, "replace the file, or take it out", 1);
}

/** libvips speaks of buffers, sources and headers; a person wants to know what is wrong with the file. */
function reasonOf(error: Error, format: string, bytes: Uint8Array): string {
  const text = error.message;
  if (/exceeds pixel limit/i.test(text)) return `more than ${Math.floor(LIMIT_PIXELS / 1e6)} million pixels`;
  if (/premature end|unexpected end|bad seek|not enough data/i.test(text) || endsEarly(format, bytes)) {
    return `truncated ${format}`;
  }
  const detail = text
    .split("\n")[0]!
    .replace(/^Input (buffer|file) (has|contains) /i, "")
    .replace(/:\s*$/, "")
    .trim();
  return /^(unknown error|corrupt header|unsupported image format)?$/i.test(detail)
    ? `damaged ${format}`
    : `damaged ${format} (${detail})`;
}

/** Where the format itself says how it ends or how long it is. */
function endsEarly(format: string, bytes: Uint8Array): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === "PNG") return !view.subarray(-64).includes("IEND");
  if (format === "WebP") return bytes.length < 12 || view.readUInt32LE(4) + 8 > bytes.length;
  if (format === "JPEG") return bytes.length < 4;
  return false;
}

/** For people: which decoder was found. */
export function decoderVersion(): string {
  return `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}`;
}
