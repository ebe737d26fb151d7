/** Pictures of the learner as a source of data: files under the names of their folders, decoded one after the other. */
import { UsageError } from "../../../src/core/index.ts";
import type { Picture, Source } from "../../../src/data/index.ts";

/** A picture that was chosen, dropped or recorded. */
export interface NamedPicture {
  /** Where it comes from, such as `photos/cats/1.jpg`. */
  readonly path: string;
  readonly label: string;
  readonly blob: Blob;
}

const PICTURE = /\.(jpe?g|png|webp|gif|avif|bmp)$/i;

/** The class of a file is the folder that it lies in; files that lie in none, and what is no picture by its name, are left out. */
export function labelled(files: readonly { readonly path: string; readonly blob: Blob }[]): NamedPicture[] {
  return files.flatMap(({ path, blob }) => {
    const parts = path.split("/").filter((part) => part !== "");
    const hidden = parts.some((part) => part.startsWith("."));
    const label = parts.at(-2);
    return hidden || label === undefined || !PICTURE.test(path) ? [] : [{ path, label, blob }];
  });
}

/** How many pictures each class has, the classes in the order of their names. */
export function countsOf(pictures: readonly NamedPicture[]): { readonly name: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const { label } of pictures) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Pictures above this many pixels are refused rather than decoded: a page has little memory. */
const MOST_PIXELS = 50e6;

/** Decodes as the model files of `argmin export --web` do: turned as its EXIF says, transparency over white. */
export async function decode(blob: Blob): Promise<Picture> {
  const bitmap = await createImageBitmap(blob, { imageOrientation: "from-image" });
  const { width, height } = bitmap;
  try {
    if (width * height > MOST_PIXELS) throw new Error(`${width}×${height} pixels are too many`);
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d", { willReadFrequently: true })!;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const pixels = new Uint8Array(3 * width * height);
    for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
      pixels[to] = data[from]!;
      pixels[to + 1] = data[from + 1]!;
      pixels[to + 2] = data[from + 2]!;
    }
    return { pixels, width, height, channels: 3 };
  } finally {
    // The browser would keep it until its next collection, and a thousand photographs are gigabytes.
    bitmap.close();
  }
}

/**
 * Pictures that the page was given, as data to train on.
 * @throws UsageError for fewer than two classes
 */
export function pictureSource(name: string, pictures: readonly NamedPicture[]): Source {
  const sorted = [...pictures].sort((a, b) => (a.path < b.path ? -1 : 1));
  const classes = countsOf(sorted).map((one) => one.name);
  if (classes.length < 2) {
    const found = classes.length === 0 ? "no class at all" : `one class, ${classes[0]}`;
    throw new UsageError(name, `holds ${found}`, "give a folder for each class, two or more");
  }
  const labels = Int32Array.from(sorted, ({ label }) => classes.indexOf(label));
  return {
    ...{ kind: "folder", name, classes, labels, skipped: [], notes: [] },
    paths: sorted.map(({ path }) => path),
    declared: sorted.map(() => undefined),
    read: (index) => decode(sorted[index]!.blob),
  };
}
