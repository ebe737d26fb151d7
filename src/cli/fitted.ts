/** Names of files on a terminal: nothing in them may move the cursor, and a line has so many columns. */

/** Without control characters, which a file name may hold; a terminal would obey them. */
export const printable = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, "�");

/** Columns of one character: East Asian wide forms and emoji take two, marks that combine none. */
function columns(character: string): number {
  if (/^(\p{Mn}|\p{Me}|[\u200b-\u200d])$/u.test(character)) return 0; // Variation selectors are marks, too.
  const code = character.codePointAt(0)!;
  const wide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd);
  return wide ? 2 : 1;
}

/** Columns that a text takes on a terminal. */
export const widthOf = (text: string): number => [...text].reduce((sum, character) => sum + columns(character), 0);

/** A text in at most so many columns; its end is what tells one path from another, so it is the start that goes. */
export function fitted(text: string, most: number): string {
  if (widthOf(text) <= most) return text;
  const kept: string[] = [];
  let left = most - 1;
  for (const character of [...text].reverse()) {
    left -= columns(character);
    if (left < 0) break;
    kept.unshift(character);
  }
  return `…${kept.join("")}`;
}
