import { factsOfFile } from "./decode.ts";

/** Headers that are read side by side. */
const AT_ONCE = 16;

/**
 * Whether every picture that can be read is stored as one channel (two with alpha), by the headers of the files. It ends
 * at the first picture in colour, and looks first at pictures from all over the list, so that a set in colour costs a few
 * headers and only a grey one costs them all.
 * @returns false where no file can be read
 */
export async function allGrey(paths: readonly string[]): Promise<boolean> {
  const stride = Math.max(1, Math.ceil(paths.length / AT_ONCE));
  const isEarly = (_: string, index: number) => index % stride === 0;
  const ordered = [...paths.filter(isEarly), ...paths.filter((path, index) => !isEarly(path, index))];
  let found = false;
  for (let start = 0; start < ordered.length; start += AT_ONCE) {
    const facts = await Promise.all(ordered.slice(start, start + AT_ONCE).map(factsOfFile));
    for (const one of facts) {
      if (one === undefined) continue;
      if (one.channels > 2) return false;
      found = true;
    }
  }
  return found;
}
