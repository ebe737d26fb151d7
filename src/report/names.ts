/** Names along the axes of a figure. */

/** A name of so many characters at most: the end of a longer one, since that tells paths apart. */
export function shorten(name: string, most: number): string {
  const characters = [...name];
  return characters.length <= most ? name : `…${characters.slice(1 - most).join("")}`;
}

/** Letters of a fixed width that a text is about as wide as: Chinese, Japanese, Korean and emoji take two. */
export function columnsOf(text: string): number {
  return [...text].reduce((sum, character) => sum + (character.codePointAt(0)! >= 0x1100 ? 2 : 1), 0);
}
