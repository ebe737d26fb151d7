/** A folder of class folders, with or without train, validation and test folders above them; see `../layout.ts`. */
import { join, resolve } from "node:path";
import { UsageError } from "../../core/index.ts";
import { type LayoutOptions, layoutOf } from "../layout.ts";
import type { Source } from "../types.ts";
import { decodePicture } from "./decode.ts";
import { allGrey } from "./grey.ts";
import { type Scan, scanFolder } from "./scan.ts";

/** @throws UsageError (exit code 1) when the folder holds no two classes of pictures */
export async function folderSource(root: string, options: LayoutOptions = {}): Promise<Source> {
  const scan = await scanFolder(root);
  if (scan.pictures.length === 0) throw noPictures(root, scan);
  const layout = layoutOf(
    root,
    scan.pictures,
    scan.skipped.map((file) => file.path),
    options,
  );
  const notes = [...layout.notes];
  if (scan.emptyFolders.length > 0) notes.push(`Empty folders, which name no class: ${scan.emptyFolders.join(", ")}`);
  return {
    kind: "folder",
    name: root,
    classes: layout.classes,
    paths: layout.paths,
    labels: layout.labels,
    declared: layout.declared,
    skipped: scan.skipped,
    notes,
    files: layout.paths.map((path) => resolve(root, path)),
    isGrey: () => allGrey(layout.paths.map((path) => join(root, path))),
    read: (index, admit) => decodePicture(join(root, layout.paths[index]!), layout.paths[index]!, { admit }),
  };
}

function noPictures(root: string, scan: Scan): UsageError {
  const fix = "give a folder with one folder of pictures (JPEG, PNG, WebP, GIF, TIFF, AVIF) for each class";
  const found = [...scan.others]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 4)
    .map(([extension, count]) => `${count} ${extension === "" ? "without an extension" : `.${extension}`}`);
  if (scan.skipped.length > 0)
    found.unshift(`${scan.skipped.length} such as ${scan.skipped[0]!.path} (${scan.skipped[0]!.reason})`);
  const what = found.length === 0 ? "the folder is empty" : `no pictures; its files are: ${found.join(", ")}`;
  return new UsageError(root, what, fix, 1);
}
