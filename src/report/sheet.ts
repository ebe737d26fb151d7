/** Pictures that are parts of one large one, which stands once in the page's style. */

/** One picture file that holds many of one size, in rows. */
export interface Sheet {
  /** The data URL. */
  readonly url: string;
  readonly columns: number;
  readonly rows: number;
  /** Of each picture, in pixels of the sheet. */
  readonly height: number;
  readonly width: number;
  /** From one picture to the next; a pixel of it lies before each. */
  readonly pitch: { readonly across: number; readonly down: number };
  /** Pixels are shown as squares, since there are few. */
  readonly exact: boolean;
}

/** One picture of a sheet. */
export interface Tile {
  /** The class that `sheetStyle` gives the pictures of the sheet. */
  readonly sheet: string;
  /** Where its background lies, as CSS tells it. */
  readonly position: string;
}

const percent = (share: number) => `${Number((100 * share).toFixed(4))}%`;

/** The rule that shows a sheet behind each element of the class `name`. */
export function sheetStyle(name: string, { url, columns, rows, height, width, pitch, exact }: Sheet): string {
  const size = `${percent((columns * pitch.across) / width)} ${percent((rows * pitch.down) / height)}`;
  const squares = exact ? " image-rendering: pixelated;" : "";
  return `.${name} { aspect-ratio: ${width} / ${height}; background-image: url(${url}); background-size: ${size};${squares} }\n`;
}

/** Picture i of a sheet. A position of 100 % is where the sheet's end meets that of the picture. */
export function tileOf(name: string, { columns, rows, height, width, pitch }: Sheet, i: number): Tile {
  const across = (i % columns) * pitch.across + 1;
  const down = Math.floor(i / columns) * pitch.down + 1;
  const position = `${percent(across / (columns * pitch.across - width))} ${percent(down / (rows * pitch.down - height))}`;
  return { sheet: name, position };
}
