/**
 * What the files of a data set had in them, counted while they are read, and told in one sentence: so that nobody wonders
 * why a picture looks other than on a screen that ignores its orientation or its alpha.
 */
import type { PictureFacts, Skipped } from "./types.ts";

/** How many pictures had something that was changed on the way to 8-bit RGB; plain data, so that a cache can keep it. */
export interface FactCounts {
  /** Turned or mirrored as their EXIF orientation says. */
  turned: number;
  /** Of 16 or 32 bits a channel, brought to 8. */
  deep: number;
  /** CMYK, converted to sRGB. */
  cmyk: number;
  /** With alpha, laid over white. */
  alpha: number;
  /** Animations and files of several pages, of which only the first picture counts. */
  animated: number;
}

export const noFacts = (): FactCounts => ({ turned: 0, deep: 0, cmyk: 0, alpha: 0, animated: 0 });

/** Counts one picture in; one without facts counts for nothing. */
export function countFacts(counts: FactCounts, facts: PictureFacts | undefined): void {
  if (facts === undefined) return;
  if (facts.orientation > 1) counts.turned++;
  if (facts.bits > 8) counts.deep++;
  if (facts.cmyk) counts.cmyk++;
  if (facts.alpha) counts.alpha++;
  if (facts.frames > 1) counts.animated++;
}

/** One note, or none where every picture was plain 8-bit grey or RGB: "Of the pictures, 12 were turned as their EXIF says, …". */
export function notesOnFacts({ turned, deep, cmyk, alpha, animated }: FactCounts): readonly string[] {
  const said = (
    [
      [turned, "turned as the EXIF orientation says"],
      [deep, "brought from 16 bits to 8"],
      [cmyk, "converted from CMYK"],
      [alpha, "with alpha laid over white"],
      [animated, "taken as the first frame of several"],
    ] as const
  ).filter(([count]) => count > 0);
  if (said.length === 0) return [];
  return [`Pictures ${said.map(([count, what]) => `${what}: ${count.toLocaleString("en")}`).join(", ")}`];
}

/** The kinds of reasons for which a file is skipped, in few words; what matches none counts under its own reason. */
const kinds: readonly (readonly [RegExp, string])[] = [
  [/^truncated /, "truncated"],
  [/^empty file/, "empty"],
  [/^not a picture/, "not a picture"],
  [/^damaged /, "damaged"],
  [/^more than .* pixels|^a file of /, "too large"],
  [/^(.+), which cannot be decoded here$/, "$1"],
  [/^a link to nothing/, "broken link"],
  [/^a link out of /, "link out of the folder"],
  [/^a link to a folder that /, "circular link"],
  [/^a pipe, /, "pipe"],
  [/^the file does not exist/, "missing"],
  [/^no permission/, "no permission"],
];

/** Reasons for skipping files, counted by kind, the most frequent first: [["truncated", 120], ["empty", 40], …]. */
export function countReasons(skipped: readonly Skipped[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { reason } of skipped) {
    const rule = kinds.find(([pattern]) => pattern.test(reason));
    const kind = rule === undefined ? reason : rule[1].replace("$1", rule[0].exec(reason)![1] ?? "");
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}
