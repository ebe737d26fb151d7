/**
 * Groups of pictures that must not be torn apart: one scene, one patient, one burst. A picture whose twin was trained on
 * tests nothing.
 */
import { UsageError } from "../core/index.ts";
import type { Source } from "./types.ts";

export interface Groups {
  /** Group of each picture, [count]: an index into `names`. */
  readonly ids: Int32Array;
  readonly names: readonly string[];
  /** How many there are, and which pictures have none; whole sentences without a full stop. */
  readonly notes: readonly string[];
}

type Grouped = Pick<Source, "name" | "paths" | "labels" | "classes" | "groups">;

/**
 * The group of each picture; a picture that has none is a group of its own.
 *
 * @param by `folder`: the folders below the picture's class folder, so that `sick/patient-7/1.png` and
 *   `well/patient-7/1.png` are one group; the whole folder, where the path does not name the class. `column`: what the data
 *   says. Anything else is a regular expression on the path: its first group, or the whole match where it has none.
 * @throws UsageError for an expression that is none, or when no picture has a group
 */
export function groupsOf(by: string, source: Grouped): Groups {
  const keyOf = keysBy(by, source);
  const places = new Map<string, number>();
  const names: string[] = [];
  const single: string[] = [];
  const ids = Int32Array.from(source.paths, (path, index) => {
    const key = keyOf(index);
    // The paths of pictures without a group are apart from the names of groups.
    const place = key === undefined || key === "" ? `\0${index}` : key;
    if (place !== key) single.push(path);
    const known = places.get(place);
    if (known !== undefined) return known;
    places.set(place, names.length);
    names.push(place === key ? key : path);
    return names.length - 1;
  });
  if (single.length === source.paths.length) throw noGroups(by, source);
  const what = by === "folder" || by === "column" ? by : `/${by}/`;
  const count = names.length - single.length;
  const notes = [`Split by ${what}: ${count} ${count === 1 ? "group" : "groups"}${severalClasses(ids, source.labels)}`];
  if (single.length > 0) {
    const some = single.slice(0, 3).join(", ");
    notes.push(
      single.length === 1
        ? `1 picture has no group and stands alone: ${some}`
        : `${single.length} pictures have no group, and each stands alone: ${some}${single.length > 3 ? ", …" : ""}`,
    );
  }
  return { ids, names, notes };
}

/** Said, since folders of one name in two class folders may be one scene, or two that are called alike. */
function severalClasses(ids: Int32Array, labels: Int32Array): string {
  const classOf = new Map<number, number>();
  const mixed = new Set<number>();
  ids.forEach((id, i) => {
    if ((classOf.get(id) ?? labels[i]!) !== labels[i]!) mixed.add(id);
    classOf.set(id, labels[i]!);
  });
  return mixed.size === 0 ? "" : `, ${mixed.size} of them with pictures of several classes`;
}

function keysBy(by: string, { paths, labels, classes, groups }: Grouped): (index: number) => string | undefined {
  if (by === "folder") return (index) => folderOf(paths[index]!, classes[labels[index]!]!);
  if (by === "column") return (index) => groups?.[index];
  let pattern: RegExp;
  try {
    pattern = new RegExp(by, "u");
  } catch (error) {
    throw new UsageError(
      "group by",
      `"${by}" is no regular expression (${(error as Error).message.replace(/^.*: /, "")})`,
      "write folder, column, or for example ^([^_]+)_",
    );
  }
  return (index) => {
    const match = pattern.exec(paths[index]!);
    return match === null ? undefined : match.length > 1 ? match[1] : match[0];
  };
}

/** `sick/patient-7` of `train/flu/sick/patient-7/1.png` for the class `flu`; undefined straight below the class folder. */
function folderOf(path: string, name: string): string | undefined {
  const folders = path.split("/").slice(0, -1);
  const own = name.split("/");
  const at = folders.findIndex((_, i) => own.every((part, k) => folders[i + k] === part));
  const below = at < 0 ? folders : folders.slice(at + own.length);
  return below.length > 0 ? below.join("/") : undefined;
}

function noGroups(by: string, { name, paths }: Grouped): UsageError {
  if (by === "column")
    return new UsageError("group by", `${name} names no groups`, "give a list with a group column", 1);
  if (by === "folder") {
    const what = `no picture of ${name} lies in a folder below its class (${paths[0]}, …)`;
    return new UsageError("group by", what, "give an expression on the path, such as ^([^_]+)_", 1);
  }
  const what = `/${by}/ matches none of the ${paths.length} paths (${paths[0]}, …)`;
  return new UsageError("group by", what, "correct the expression", 1);
}

export interface Deal {
  /** Class of each picture. */
  readonly labels: Int32Array;
  /** The pictures of each group. */
  readonly groups: readonly (readonly number[])[];
  /** What share of each class each part is to have; 0 for a part that gets nothing. */
  readonly shares: readonly number[];
  /** Parts 0 … `sure` − 1 get a group of each class, if there is any. */
  readonly sure: number;
  /** A class of so many groups or more is in every part that has a share. */
  readonly least: number;
  /** The order of equally large groups. */
  readonly order: (groups: number[]) => number[];
}

interface Dealt {
  readonly pictures: readonly number[];
  /** Pictures of each class that is in it. */
  readonly counts: ReadonlyMap<number, number>;
  part: number;
}

/**
 * The part of each group. The largest groups go first, each where Σ (pictures − wanted)² / size of the class grows least:
 * to the part that is furthest below its share. For groups of one class, no part then exceeds its share of the class by more
 * than the class's largest group. Then a group moves wherever a class is missing from a part that should have it.
 */
export function dealGroups({ labels, groups, shares, sure, least, order }: Deal): Int32Array {
  const sizes = new Map<number, number>();
  const dealt = groups.map((pictures): Dealt => {
    const counts = new Map<number, number>();
    for (const i of pictures) counts.set(labels[i]!, (counts.get(labels[i]!) ?? 0) + 1);
    for (const [label, count] of counts) sizes.set(label, (sizes.get(label) ?? 0) + count);
    return { pictures, counts, part: -1 };
  });
  const open = [...shares.keys()].filter((part) => shares[part]! > 0);
  const has = shares.map(() => new Map<number, number>());
  const growth = (group: Dealt, part: number) => {
    let sum = 0;
    for (const [label, count] of group.counts) {
      const size = sizes.get(label)!;
      const over = (has[part]!.get(label) ?? 0) - shares[part]! * size;
      sum += (count * (2 * over + count)) / size;
    }
    return sum;
  };
  const bySize = order([...groups.keys()]).sort((a, b) => groups[b]!.length - groups[a]!.length);
  for (const at of bySize) {
    const group = dealt[at]!;
    let least = Number.POSITIVE_INFINITY;
    for (const part of open) {
      const cost = growth(group, part);
      if (cost < least) [least, group.part] = [cost, part];
    }
    for (const [label, count] of group.counts) {
      has[group.part]!.set(label, (has[group.part]!.get(label) ?? 0) + count);
    }
  }
  complete(bySize.map((at) => dealt[at]!).reverse(), open, sure, least);
  return Int32Array.from(dealt, ({ part }) => part);
}

/** Moves the smallest group that will do to where its class is missing; never one that its part could not spare. */
function complete(smallestFirst: readonly Dealt[], open: readonly number[], sure: number, least: number): void {
  const byClass = new Map<number, Dealt[]>();
  for (const group of smallestFirst) {
    for (const label of group.counts.keys()) byClass.set(label, [...(byClass.get(label) ?? []), group]);
  }
  const countIn = (label: number, part: number) => byClass.get(label)!.filter((group) => group.part === part).length;
  const spared = (group: Dealt) => [...group.counts.keys()].every((label) => countIn(label, group.part) > 1);
  for (const part of open) {
    for (const [label, groups] of byClass) {
      if (countIn(label, part) > 0 || (part >= sure && groups.length < least)) continue;
      const moved = groups.find((group) => part < sure || spared(group));
      if (moved !== undefined) moved.part = part;
    }
  }
}
