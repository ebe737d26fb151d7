/** The lines of a text file, packed with gzip or not, in UTF-8 or in UTF-16 as spreadsheets write it. */
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { UsageError } from "../../core/index.ts";
import type { Line } from "../number-file.ts";

/** Chunks of a file's text. */
async function* textOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  const stream: Readable = /\.gz$/i.test(path) ? file.pipe(createGunzip()) : file;
  file.on("error", (error) => stream.destroy(error));
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      decoder ??= new TextDecoder(encodingOf(chunk), { fatal: true });
      yield decoder.decode(chunk, { stream: true });
    }
    if (decoder !== undefined) yield decoder.decode();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") {
      throw new UsageError(path, "it is not UTF-8", "save it as UTF-8 (in a spreadsheet: CSV UTF-8)", 1);
    }
    throw new UsageError(path, `it cannot be read (${code ?? message})`, "look at the file", 1);
  } finally {
    file.destroy();
  }
}

/** The encoding that a text's first bytes say. */
export function encodingOf(bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
}

/** @throws UsageError (exit code 1) for a file that cannot be read, or is no text */
export async function* linesOf(path: string): AsyncGenerator<Line> {
  let rest = "";
  let number = 0;
  for await (const text of textOf(path)) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield { text: line.endsWith("\r") ? line.slice(0, -1) : line, number: ++number };
  }
  if (rest !== "") yield { text: rest, number: ++number };
}
