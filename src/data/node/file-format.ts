/**
 * What a file is by its first bytes, whatever its name says (a PNG named .jpg is common and harmless), and what its name
 * promises. The names in this file are the ones that people read in reasons and errors.
 */

/** What sharp's prebuilt libvips decodes and a classifier has a use for. */
export const decodableFormats: ReadonlySet<string> = new Set(["JPEG", "PNG", "WebP", "GIF", "TIFF", "AVIF"]);

/** Every extension that promises a picture. */
const extensions: Readonly<Record<string, readonly string[]>> = Object.freeze({
  JPEG: ["jpg", "jpeg", "jpe", "jfif"],
  PNG: ["png"],
  WebP: ["webp"],
  GIF: ["gif"],
  TIFF: ["tif", "tiff"],
  AVIF: ["avif"],
  BMP: ["bmp", "dib"],
  HEIC: ["heic", "heif"],
  "JPEG XL": ["jxl"],
  "JPEG 2000": ["jp2"],
  TGA: ["tga"],
  ICO: ["ico"],
  "Portable Anymap": ["ppm", "pgm", "pbm"],
  Photoshop: ["psd"],
  SVG: ["svg"],
  "raw camera file": ["dng", "cr2", "cr3", "nef", "arw"],
});
const formatByExtension = new Map(
  Object.entries(extensions).flatMap(([format, all]) => all.map((extension) => [extension, format] as const)),
);

/** The format that the extension promises, or undefined for a file that is no picture by its name. */
export function promisedFormat(fileName: string): string | undefined {
  return formatByExtension.get(extensionOf(fileName));
}

/** Lower case, without the dot; "" where there is none. */
export function extensionOf(fileName: string): string {
  const dot = fileName.lastIndexOf(".");
  return dot <= 0 ? "" : fileName.slice(dot + 1).toLowerCase();
}

const startsWith = (bytes: Uint8Array, text: string, at = 0) =>
  bytes.length >= at + text.length && [...text].every((character, i) => bytes[at + i] === character.charCodeAt(0));

/** The format that the first bytes prove, or undefined when they are those of no picture known here. */
export function formatOf(bytes: Uint8Array): string | undefined {
  if (startsWith(bytes, "\xff\xd8\xff")) return "JPEG";
  if (startsWith(bytes, "\x89PNG\r\n\x1a\n")) return "PNG";
  if (startsWith(bytes, "GIF87a") || startsWith(bytes, "GIF89a")) return "GIF";
  if (startsWith(bytes, "RIFF") && startsWith(bytes, "WEBP", 8)) return "WebP";
  if (startsWith(bytes, "II*\0") || startsWith(bytes, "MM\0*")) return "TIFF";
  if (startsWith(bytes, "ftyp", 4)) {
    const brand = String.fromCharCode(...bytes.subarray(8, 12));
    return brand.startsWith("avi") ? "AVIF" : /^(hei|hev|mif|msf)/.test(brand) ? "HEIC" : undefined;
  }
  if (startsWith(bytes, "BM") && bytes.length > 26 && bytes[6] === 0 && bytes[7] === 0) return "BMP";
  if (startsWith(bytes, "\xff\x0a") || startsWith(bytes, "\0\0\0\x0cJXL ")) return "JPEG XL";
  if (startsWith(bytes, "\0\0\0\x0cjP  ")) return "JPEG 2000";
  if (startsWith(bytes, "8BPS")) return "Photoshop";
  if (startsWith(bytes, "\0\0\x01\0") && bytes[5] === 0) return "ICO";
  if (/^P[1-7][\s#]/.test(String.fromCharCode(...bytes.subarray(0, 3)))) return "Portable Anymap";
  return undefined;
}

/** The first bytes for a person: as text where they are text, otherwise in hexadecimal. */
export function startOf(bytes: Uint8Array): string {
  const start = [...bytes.subarray(0, 12)];
  const printable = start.every((byte) => (byte >= 32 && byte < 127) || byte === 9 || byte === 10 || byte === 13);
  if (printable) return JSON.stringify(String.fromCharCode(...start));
  return `bytes ${start
    .slice(0, 6)
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join(" ")}`;
}
