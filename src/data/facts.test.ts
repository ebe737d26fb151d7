import { expect, test } from "vitest";
import { countFacts, countReasons, noFacts, notesOnFacts } from "./facts.ts";
import type { PictureFacts } from "./types.ts";

const plain: PictureFacts = {
  format: "JPEG",
  width: 4,
  height: 2,
  channels: 3,
  bits: 8,
  orientation: 1,
  alpha: false,
  palette: false,
  cmyk: false,
  frames: 1,
};

const noteOf = (...all: (PictureFacts | undefined)[]) => {
  const counts = noFacts();
  for (const facts of all) countFacts(counts, facts);
  return notesOnFacts(counts);
};

test("plain pictures, grey ones, palettes and pictures of no file need no word", () => {
  expect(noteOf(plain, { ...plain, channels: 1, bits: 1 }, { ...plain, palette: true }, undefined)).toEqual([]);
});

test("whatever was changed on the way to 8-bit RGB is told with its count", () => {
  const all = [
    { ...plain, orientation: 6 },
    { ...plain, orientation: 2, bits: 16 },
    { ...plain, cmyk: true, channels: 4 },
    { ...plain, alpha: true, channels: 4, frames: 3 },
  ];
  expect(noteOf(...all, plain)).toEqual([
    "Pictures turned as the EXIF orientation says: 2, brought from 16 bits to 8: 1, converted from CMYK: 1, " +
      "with alpha laid over white: 1, taken as the first frame of several: 1",
  ]);
});

test("reasons are counted by kind, the most frequent first", () => {
  const reasons = [
    "truncated JPEG",
    "truncated PNG",
    "empty file",
    'not a picture (starts with "hello")',
    "damaged PNG (bad checksum)",
    "more than 50 million pixels",
    "BMP, which cannot be decoded here",
    "HEIC, which cannot be decoded here",
    "BMP, which cannot be decoded here",
    "a pipe, socket or device, not a picture",
    "something new",
  ];
  const counts = countReasons(reasons.map((reason, i) => ({ path: `${i}`, reason })));
  expect(counts).toEqual([
    ["BMP", 2],
    ["truncated", 2],
    ["HEIC", 1],
    ["damaged", 1],
    ["empty", 1],
    ["not a picture", 1],
    ["pipe", 1],
    ["something new", 1],
    ["too large", 1],
  ]);
});
