/** Many pictures of one size in one small picture file, for a page that shows hundreds of them. */
import sharp from "sharp";
import { areaMeans, type Size } from "../area-means.ts";

export interface SheetRequest {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** 4: colour and alpha. */
  readonly channels: 1 | 3 | 4;
  /** The bytes [height, width, channels] of one picture; they are used before the next is asked for. */
  picture(index: number): Uint8Array;
  /** The longest that the data URL may be; pictures at the end are left out until it is. */
  readonly longest?: number;
}

/** A sheet of pictures in rows; picture i stands in column i mod columns. Around each is an edge of repeated pixels. */
export interface ContactSheet {
  /** The data URL of the whole sheet. */
  readonly url: string;
  /** How many of the pictures are on it: the first ones. */
  readonly count: number;
  readonly columns: number;
  readonly rows: number;
  /** Of each picture on the sheet, in pixels. */
  readonly height: number;
  readonly width: number;
  /** From one picture to the next. */
  readonly pitch: { readonly across: number; readonly down: number };
  /** The pixels are those of the pictures, none averaged. */
  readonly exact: boolean;
}

/** Sides up to which a picture is kept as it is, without loss. */
const TINY = 32;
/** The longer side of larger ones: with its edge it fills the blocks that JPEG works in. */
const LARGEST = 94;
const JPEG_BLOCK = 16;
/** Pixels around each picture, so that a browser that enlarges it does not mix in its neighbour. */
const EDGE = 1;

/** @throws Error when not even one picture is short enough */
export async function contactSheet(request: SheetRequest): Promise<ContactSheet> {
  const { channels, longest = Number.POSITIVE_INFINITY } = request;
  const exact = Math.max(request.height, request.width) <= TINY;
  const scale = exact ? 1 : Math.min(1, LARGEST / Math.max(request.height, request.width));
  const [height, width] = [request.height, request.width].map((side) => Math.max(1, Math.round(scale * side)));
  // JPEG knows no alpha.
  const asPng = exact || channels === 4;
  const whole = asPng ? 1 : JPEG_BLOCK;
  const pitchOf = (side: number) => whole * Math.ceil((side + 2 * EDGE) / whole);
  const pitch = { across: pitchOf(width), down: pitchOf(height) };
  for (let { count } = request; ; ) {
    const columns = Math.ceil(Math.sqrt(count));
    const rows = Math.ceil(count / columns);
    const sheet = { width: columns * pitch.across, height: rows * pitch.down };
    const out = new Uint8Array(sheet.width * sheet.height * channels);
    for (let i = 0; i < count; i++) {
      const small = areaMeans(request.picture(i), request, { height, width });
      const [left, top] = [(i % columns) * pitch.across, Math.floor(i / columns) * pitch.down];
      place(small, { height, width }, channels, out, sheet.width, left, top, pitch);
    }
    const opened = sharp(out, { raw: { ...sheet, channels } });
    const file = await (asPng ? opened.png() : opened.jpeg({ quality: 75 })).toBuffer();
    const url = `data:image/${asPng ? "png" : "jpeg"};base64,${file.toString("base64")}`;
    if (url.length <= longest) return { url, count, columns, rows, height, width, pitch, exact };
    if (count === 1) throw new Error(`one picture is longer than ${longest} characters`);
    count = Math.min(count - 1, Math.max(1, Math.floor((0.95 * count * longest) / url.length)));
  }
}

/** Copies a picture into the sheet, and its outermost pixels into the room around it. */
function place(
  pixels: Uint8Array | Float32Array,
  { height, width }: Size,
  channels: number,
  out: Uint8Array,
  sheetWidth: number,
  left: number,
  top: number,
  pitch: ContactSheet["pitch"],
): void {
  for (let y = 0; y < pitch.down; y++) {
    const v = Math.min(height - 1, Math.max(0, y - EDGE));
    const row = ((top + y) * sheetWidth + left) * channels;
    for (let x = 0; x < pitch.across; x++) {
      const u = Math.min(width - 1, Math.max(0, x - EDGE));
      const from = (v * width + u) * channels;
      for (let c = 0; c < channels; c++) out[row + x * channels + c] = pixels[from + c];
    }
  }
}
