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
import { open, readFile, stat } from "node:fs/promises";
import sharp, { type Sharp } from "sharp";
import { UsageError } from "../../core/index.ts";
import type { Admit } from "../pixel-budget.ts";
import type { Picture, PictureFacts } from "../types.ts";
import { UnreadablePicture } from "../unreadable.ts";
import { decodableFormats, formatOf, startOf } from "./file-format.ts";
import { claimedSize, jpegFacts, pictureFacts } from "./picture-header.ts";

// Every picture is read once, so a cache only grows; and pictures are decoded side by side, so one thread for each.
sharp.cache(false);
sharp.concurrency(1);

/**
 * The 50 megapixels of today's largest usual telephones. What a header claims is held against it before anything is
 * allocated: a bomb of 4 gigapixels is a file of kilobytes. Decoded, the largest allowed picture is 150 MB.
 */
export const LIMIT_PIXELS = 8192 * 6144;
/** No picture within that limit needs a longer file than this, unpacked TIFF with 16 bits and alpha included. */
const LIMIT_BYTES = 2 ** 29;

export interface DecodeOptions {
  /** The most that a picture may have; what it claims is looked at before anything is allocated. */
  readonly limitPixels?: number;
  /** Is asked when the size is known, before the picture is decoded. */
  readonly admit?: Admit | undefined;
}

/**
 * A picture, with the facts of its file.
 * @param where the name for errors; by default the path
 * @throws UnreadablePicture whose `what` is a short reason ("truncated JPEG"), with exit code 1
 */
export async function decodePicture(
  input: string | Uint8Array,
  where?: string,
  { limitPixels, admit }: DecodeOptions = {},
): Promise<Picture> {
  const flat = (opened: Sharp) => opened.flatten({ background: "#ffffff" });
  const { facts, pixels, height, width } = await decode(input, where, 3, flat, limitPixels, admit);
  return { pixels, height, width, channels: 3, ...(facts ? { facts } : {}) };
}

/**
 * The same before its alpha is laid over white: 8-bit sRGB and alpha, [height, width, 4], not premultiplied; opaque
 * pictures get an alpha of 255.
 * @throws as `decodePicture`
 */
export async function decodeWithAlpha(
  input: string | Uint8Array,
  where?: string,
): Promise<{ readonly pixels: Uint8Array; readonly height: number; readonly width: number }> {
  const { pixels, height, width } = await decode(input, where, 4, (opened) => opened.ensureAlpha());
  return { pixels, height, width };
}

async function decode(
  input: string | Uint8Array,
  where: string | undefined,
  channels: number,
  alpha: (opened: Sharp) => Sharp,
  limit = LIMIT_PIXELS,
  admit?: Admit,
) {
  const place = where ?? (typeof input === "string" ? input : "picture");
  const bytes = typeof input === "string" ? await read(input, place) : input;
  const format = decodable(bytes, place);
  const facts = await pictureFacts(bytes, format);
  const size = facts ?? claimedSize(bytes, format);
  if (size !== undefined && size.width * size.height > limit) {
    throw new UnreadablePicture(place, tooLarge(limit, size), "large");
  }
  if (size !== undefined) await admit?.(size.width * size.height);
  try {
    const opened = sharp(bytes, { failOn: "error", limitInputPixels: limit, autoOrient: true });
    const { data, info } = await alpha(opened)
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== channels) throw new Error(`decoded to ${info.channels} channels instead of ${channels}`);
    const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return { facts, pixels, height: info.height, width: info.width };
  } catch (error) {
    const { message } = error as Error;
    if (/exceeds pixel limit/i.test(message)) throw new UnreadablePicture(place, tooLarge(limit), "large");
    throw new UnreadablePicture(place, reasonOf(message, format, bytes), "damaged");
  }
}

/**
 * How a file holds its picture, read from its header alone.
 * @returns undefined where it is no picture that can be decoded, or its header is damaged
 */
export async function factsOfFile(path: string): Promise<PictureFacts | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  const file = await open(path).catch(() => undefined);
  try {
    // A frame header may lie behind a thumbnail and a colour profile; where it lies behind more than this, sharp looks for it.
    const start = Buffer.alloc(Math.min(found.size, 2 ** 16));
    const bytes = start.subarray(0, (await file?.read(start, 0, start.length, 0))?.bytesRead ?? 0);
    const format = formatOf(bytes);
    if (format === undefined || !decodableFormats.has(format)) return undefined;
    return (format === "JPEG" && jpegFacts(bytes)) || (await pictureFacts(path, format));
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
}

/** The format of these bytes. */
function decodable(bytes: Uint8Array, place: string): string {
  if (bytes.length === 0) throw new UnreadablePicture(place, "empty file", "foreign");
  const format = formatOf(bytes);
  if (format === undefined) {
    throw new UnreadablePicture(place, `not a picture (starts with ${startOf(bytes)})`, "foreign");
  }
  if (!decodableFormats.has(format)) {
    throw new UnreadablePicture(place, `${format}, which cannot be decoded here`, "foreign");
  }
  return format;
}

/** Looks before it opens: to open a pipe is to wait for somebody to write into it. */
async function read(path: string, place: string): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new UnreadablePicture(place, "a folder, not a picture", "foreign");
    if (!found.isFile()) {
      throw new UnreadablePicture(place, "a pipe, socket or device, not a picture", "foreign");
    }
    if (found.size > LIMIT_BYTES) {
      const what = `a file of ${Math.round(found.size / 1e6)} MB, more than ${Math.floor(LIMIT_BYTES / 1e6)}`;
      throw new UnreadablePicture(place, what, "large");
    }
    return await readFile(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const reasons: Record<string, string> = {
      ENOENT: "the file does not exist",
      ENOTDIR: "the file does not exist",
      EACCES: "no permission to read the file",
      ELOOP: "a link that leads in a circle",
    };
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UnreadablePicture(place, reasons[code ?? ""] ?? message, "missing");
  }
}

function tooLarge(limit: number, size?: Pick<PictureFacts, "width" | "height">): string {
  const most = limit < 1e6 ? limit.toLocaleString("en-US") : `${Math.floor(limit / 1e6)} million`;
  return `more than ${most} pixels${size ? ` (${size.width}×${size.height})` : ""}`;
}

/** libvips speaks of buffers, sources and headers; a person wants to know what is wrong with the file. */
function reasonOf(text: string, format: string, bytes: Uint8Array): string {
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
  // A JPEG ends with FF D9, or soon after it. Asked of the file, since libvips keeps one list of messages for all threads, and
  // beside other bad files the one about this file may be told to another.
  if (format === "JPEG") return !view.subarray(-1024).includes(Buffer.from([0xff, 0xd9]));
  return false;
}

/** For people: which decoder was found. */
export function decoderVersion(): string {
  return `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}`;
}
