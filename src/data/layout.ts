/**
 * What the paths of a picture folder say: the class of each picture and the split it was put in. Pure, on paths alone,
 * so that a folder dropped into a browser reads the same as one on disk.
 *
 *     cats/1.jpg                       class cats                     train/cats/1.jpg     class cats, train
 *     animals/cats/1.jpg               class animals/cats (beside     test/cats/2.jpg      class cats, test
 *     plants/oak/1.jpg                 plants/oak)
 *
 * Every folder that holds pictures directly is a class, named by its path below the root or the split folder; with a depth,
 * only the first folders of that path name it (depth 1: `animals/cats` and `animals/dogs` are both `animals`). Folders that
 * wrap everything else (`photos/train/…`, `photos/cats/…`) are looked through.
 */
import { nearest, UsageError } from "../core/index.ts";
import { compareNaturally } from "./natural-order.ts";
import { splitNames } from "./split.ts";
import type { SplitName } from "./types.ts";

const splitFolders: Readonly<Record<SplitName, readonly string[]>> = Object.freeze({
  train: ["train", "training"],
  validation: ["val", "valid", "validation", "dev"],
  test: ["test", "testing", "eval"],
});

/** The split that a folder, or a word in a list, means: "Train", "valid", "testing", … */
export function splitOf(name: string): SplitName | undefined {
  return splitNames.find((split) => splitFolders[split].includes(name.toLowerCase()));
}

export interface LayoutOptions {
  /** How many folders name a class, 1 or more; all of them unless said. */
  readonly depth?: number;
}

export interface Layout {
  /** In natural order. */
  readonly classes: readonly string[];
  /** The pictures that belong to a class, in the order given. */
  readonly paths: readonly string[];
  /** [paths.length] */
  readonly labels: Int32Array;
  readonly declared: readonly (SplitName | undefined)[];
  readonly notes: readonly string[];
}

/** A picture with the class and the split that it was given. */
export interface Placed {
  readonly path: string;
  readonly split: SplitName | undefined;
  /** The class; "" for a picture that lies outside any class folder. */
  readonly name: string;
}

/**
 * @param where the folder's name, for errors
 * @param paths "/" between segments, relative to the root; at least one
 * @param unreadable paths of files that look like pictures but cannot be decoded: a class of nothing else is an error
 * @throws UsageError when there are no two classes to tell apart, or a class is judged that is never trained; exit code 2
 *   for a depth below 1
 */
export function layoutOf(
  where: string,
  paths: readonly string[],
  unreadable: readonly string[] = [],
  options: LayoutOptions = {},
): Layout {
  const depth = checkedDepth(options.depth);
  const notes: string[] = [];
  const wrapper = wrapperOf(paths);
  if (wrapper.length > 0) notes.push(`The classes were found inside ${wrapper.join("/")}`);
  const split = hasSplitFolders(where, paths, wrapper.length);
  const place = (path: string): Placed => {
    const folders = path.split("/").slice(wrapper.length, -1);
    if (!split) return { path, split: undefined, name: folders.slice(0, depth).join("/") };
    const name = folders.slice(1).slice(0, depth).join("/");
    return { path, split: splitOf(folders[0] ?? ""), name };
  };
  const placed = paths.map(place);
  const outside = placed.filter((picture) => picture.name === "" || (split && picture.split === undefined));
  const inside = placed.filter((picture) => picture.name !== "" && !(split && picture.split === undefined));
  if (inside.length === 0) {
    throw new UsageError(
      where,
      `its ${paths.length} pictures lie in no class folder (${paths[0]}, …)`,
      "give each class a folder of its own, such as cats/1.jpg and dogs/1.jpg",
      1,
    );
  }
  if (outside.length > 0) {
    const beyond = split ? "outside any class folder of train, validation or test" : "outside any class folder";
    const count = outside.length === 1 ? "1 picture that lies" : `${outside.length} pictures that lie`;
    notes.push(`Passed over ${count} ${beyond}: ${some(outside.map((picture) => picture.path))}`);
  }
  const classes = classesOf(where, inside);
  refuseUnreadableClass(
    where,
    classes,
    unreadable.map(place).filter((file) => !split || file.split),
  );
  if (classes.length < 2) {
    const deeper = depth < Number.POSITIVE_INFINITY ? "give a larger depth, or " : "";
    throw oneClass(where, classes[0]!, inside.length, `${deeper}add a folder of pictures of something else`);
  }
  const labelOf = new Map(classes.map((name, label) => [name, label]));
  return {
    classes,
    paths: inside.map((picture) => picture.path),
    labels: Int32Array.from(inside, (picture) => labelOf.get(picture.name)!),
    declared: inside.map((picture) => picture.split),
    notes,
  };
}

function checkedDepth(depth: number | undefined): number {
  if (depth === undefined) return Number.POSITIVE_INFINITY;
  if (Number.isInteger(depth) && depth >= 1) return depth;
  throw new UsageError("depth", `is ${depth}`, "give the number of folders that name a class, 1 or more");
}

/** The folders, from the root down, that hold one folder and nothing else, as long as classes can lie deeper. */
function wrapperOf(paths: readonly string[]): string[] {
  const first = paths[0]!.split("/");
  let depth = 0;
  while (depth + 2 < first.length && splitOf(first[depth]!) === undefined) {
    const name = first[depth];
    // Every path must go through this folder into one more, or the folder itself is a class.
    const wraps = paths.every((path) => {
      const segments = path.split("/");
      return segments[depth] === name && segments.length > depth + 2;
    });
    if (!wraps) break;
    depth++;
  }
  return first.slice(0, depth);
}

/**
 * Whether the top folders are splits. A split holds class folders, so `train` full of pictures beside `car` and `plane`
 * is a vehicle; every other mixture of splits and classes has no safe reading.
 */
function hasSplitFolders(where: string, paths: readonly string[], depth: number): boolean {
  const folders = paths.map((path) => path.split("/").slice(depth, -1)).filter((segments) => segments.length > 0);
  const top = [...new Set(folders.map((segments) => segments[0]!))];
  const splits = top.filter((name) => splitOf(name) !== undefined);
  const others = top.filter((name) => splitOf(name) === undefined);
  const holdsClasses = (name: string) => folders.some((segments) => segments[0] === name && segments.length > 1);
  if (splits.some((name) => splitOf(name) === "train" && holdsClasses(name))) return true;
  if (splits.every((name) => splitOf(name) === "train") && others.length > 0) return false;
  if (!splits.some(holdsClasses) && others.length === 0) return splits.length > 0;
  throw new UsageError(
    where,
    others.length === 0
      ? `it has ${splits.join(" and ")}, but no train folder with classes in it`
      : `it has ${splits.join(" and ")} beside ${some(others)}, but no train folder with classes in it`,
    others.length === 0
      ? "add train/ with one folder for each class"
      : "move the class folders for training into train/",
    1,
  );
}

/**
 * The classes that are trained, in natural order.
 * @throws UsageError when another one is to be judged
 */
export function classesOf(where: string, pictures: readonly Placed[]): string[] {
  const trained = new Set(pictures.filter((p) => p.split === undefined || p.split === "train").map((p) => p.name));
  const classes = [...trained].sort(compareNaturally);
  for (const { name, split, path } of pictures) {
    if (trained.has(name)) continue;
    const near = nearest(name, classes);
    throw new UsageError(
      where,
      `class ${name} is in ${split} (${path}) but not in train, which has ${some(classes)}`,
      near
        ? `did you mean "${near}"? Otherwise add training pictures of it`
        : "add training pictures of it, or take it out",
      1,
    );
  }
  return classes;
}

/** @param mend how to come by a second class, such as "add a folder of pictures of something else" */
export function oneClass(where: string, name: string, pictures: number, mend: string): UsageError {
  return new UsageError(
    where,
    `it holds one class only, ${name} (${plural(pictures, "picture", "pictures")})`,
    `${mend}: a classifier tells at least two classes apart`,
    1,
  );
}

/** Training without a class because all its files are BMP would look like success. */
function refuseUnreadableClass(where: string, classes: readonly string[], files: readonly Placed[]): void {
  const known = new Set(classes);
  const lost = files.find((file) => file.name !== "" && !known.has(file.name));
  if (!lost) return;
  const count = files.filter((file) => file.name === lost.name).length;
  throw new UsageError(
    where,
    `class ${lost.name} has ${plural(count, "file", "files")}, of which none can be decoded (${lost.path}, …)`,
    "convert them to PNG or JPEG, or move the folder away",
    1,
  );
}

const plural = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

/** At most five names. */
const some = (names: readonly string[]) => `${names.slice(0, 5).join(", ")}${names.length > 5 ? ", …" : ""}`;
