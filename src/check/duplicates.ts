/** Pictures that are there more than once: the same pixels, or nearly the same picture. */
import type { SplitName } from "../data/index.ts";
import { alike } from "./alike.ts";
import { type NearPair, nearPairs } from "./near-pairs.ts";
import type { Sketches } from "./sketch.ts";

/** Pictures that show the same; at least two, ascending. */
export interface Group {
  /** The same pixels, or alike. */
  readonly kind: "exact" | "near";
  readonly members: readonly number[];
  /** More than one split has one. */
  readonly acrossSplits: boolean;
  /** They are filed under more than one class. */
  readonly acrossClasses: boolean;
}

export interface Repeats {
  readonly exact: readonly Group[];
  /** Of pictures that are not the same to the pixel; of each exact group, the first one stands for all. */
  readonly near: readonly Group[];
  /** False when pictures are so much alike that the search for near ones was given up. */
  readonly complete: boolean;
  /** For each picture the smallest index among those with the same pixels, [count]. */
  readonly first: Int32Array;
}

export interface RepeatsRequest {
  /** Of the decoded pixels and their size; undefined where a picture could not be read, [count]. */
  readonly digests: readonly (string | undefined)[];
  readonly hashes: Uint32Array;
  readonly sketches: Sketches;
  readonly labels: Int32Array;
  /** undefined for a picture that could not be read, [count]. */
  readonly splits: readonly (SplitName | undefined)[];
}

export function findRepeats({ digests, hashes, sketches, labels, splits }: RepeatsRequest): Repeats {
  const group = (kind: Group["kind"], members: readonly number[]): Group => ({
    kind,
    members,
    acrossSplits: members.some((i) => splits[i] !== splits[members[0]]),
    acrossClasses: members.some((i) => labels[i] !== labels[members[0]]),
  });
  const byDigest = new Map<string, number[]>();
  const first = Int32Array.from(digests.keys());
  digests.forEach((digest, i) => {
    if (digest === undefined) return;
    const known = byDigest.get(digest);
    if (known === undefined) byDigest.set(digest, [i]);
    else {
      known.push(i);
      first[i] = known[0];
    }
  });
  const representatives = Int32Array.from(byDigest.values(), ([index]) => index);
  const { pairs, complete } = nearPairs(hashes, representatives, (a, b) => alike(sketches.at(a), sketches.at(b)));
  const exact = [...byDigest.values()].filter((members) => members.length > 1);
  return {
    exact: exact.map((members) => group("exact", members)),
    near: connected(pairs, digests.length).map((members) => group("near", members)),
    complete,
    first,
  };
}

/** Pictures that hang together by pairs, each group ascending, in the order of their first ones. */
export function connected(pairs: readonly NearPair[], count: number): number[][] {
  const parent = Int32Array.from({ length: count }, (_, i) => i);
  const root = (start: number) => {
    let at = start;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  };
  for (const { a, b } of pairs) {
    const [left, right] = [root(a), root(b)];
    // The smaller index stays on top, so that a root is the first of its group.
    parent[Math.max(left, right)] = Math.min(left, right);
  }
  const groups = new Map<number, number[]>();
  for (const index of [...new Set(pairs.flatMap(({ a, b }) => [a, b]))].sort((a, b) => a - b)) {
    const top = root(index);
    groups.set(top, [...(groups.get(top) ?? []), index]);
  }
  return [...groups.values()];
}
