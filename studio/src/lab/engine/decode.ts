/** The learner's own pictures, decoded by the browser; nothing leaves it. */
import { type Layout, layoutOf } from "../../../../src/data/index.ts";
import { type Decoded, ownSet, type PictureSet } from "./picture-set.ts";

/** A file with its path below what was chosen or dropped. */
export interface Found {
  readonly path: string;
  readonly file: File;
}

const PICTURE = /\.(jpe?g|png|webp|gif|avif|bmp)$/i;
/** Pictures that are taken at most; a lesson learns nothing more from thousands. */
export const MOST = 1000;

/** Those of an input that chooses a folder. */
export const filesOf = (list: FileList): Found[] =>
  Array.from(list, (file) => ({ path: file.webkitRelativePath || file.name, file }));

/** Those of a folder that was dropped. */
export async function droppedFiles(items: DataTransferItemList): Promise<Found[]> {
  const found: Found[] = [];
  const walk = async (entry: FileSystemEntry): Promise<void> => {
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
      found.push({ path: entry.fullPath.replace(/^\//, ""), file });
      return;
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    while (true) {
      // A reader gives a hundred entries at a time.
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (some.length === 0) return;
      for (const one of some) await walk(one);
    }
  };
  const entries = Array.from(items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  for (const entry of entries) await walk(entry);
  return found;
}

/** At most so many, of all classes alike. */
export function thinned({ paths, labels }: Pick<Layout, "paths" | "labels">, classes: number, most = MOST): number[] {
  const each = Math.max(1, Math.floor(most / classes));
  const taken = new Array<number>(classes).fill(0);
  return paths.flatMap((_, i) => (taken[labels[i]]++ < each ? [i] : []));
}

/** The middle square of a picture, brought to a size, without what is transparent in it. */
async function decoded(file: File, size: number): Promise<Uint8Array> {
  const bitmap = await createImageBitmap(file);
  const side = Math.min(bitmap.width, bitmap.height);
  const canvas = new OffscreenCanvas(size, size);
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.fillStyle = "white";
  context.fillRect(0, 0, size, size);
  context.imageSmoothingQuality = "high";
  const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
  context.drawImage(bitmap, left, top, side, side, 0, 0, size, size);
  bitmap.close();
  const { data } = context.getImageData(0, 0, size, size);
  return Uint8Array.from({ length: 3 * size * size }, (_, k) => data[4 * Math.floor(k / 3) + (k % 3)]);
}

export interface OwnPictures {
  readonly set: PictureSet;
  /** Files that could not be decoded. */
  readonly skipped: number;
}

/**
 * A folder of class folders, as `argmin train` reads it.
 * @throws UsageError when there are no two classes
 */
export async function readPictures(
  found: readonly Found[],
  size: number,
  progress: (done: number, all: number) => void = () => {},
): Promise<OwnPictures> {
  const files = found.filter(({ path }) => PICTURE.test(path));
  const byPath = new Map(files.map(({ path, file }) => [path, file]));
  const layout = layoutOf("the folder", [...byPath.keys()].sort());
  const chosen = thinned(layout, layout.classes.length);
  const pictures: Decoded[] = [];
  let skipped = 0;
  for (const [done, i] of chosen.entries()) {
    progress(done, chosen.length);
    try {
      pictures.push({ label: layout.labels[i], pixels: await decoded(byPath.get(layout.paths[i])!, size) });
    } catch {
      skipped++;
    }
  }
  return { set: ownSet("own", layout.classes, pictures, size), skipped };
}
