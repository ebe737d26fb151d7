import { UsageError } from "./usage-error.ts";

/** Levenshtein distance: the least number of single-character insertions, deletions and substitutions. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, previous[j] + 1, row[j - 1] + 1));
    }
    previous = row;
  }
  return previous[b.length];
}

/** The candidate nearest in spelling, or undefined when none is near enough to be a slip of the finger. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.ceil(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/**
 * One lookup in a catalogue by name.
 * @throws UsageError that lists the choices and suggests the nearest one
 */
export function choose<T>(where: string, catalogue: Readonly<Record<string, T>>, name: string): T {
  if (Object.hasOwn(catalogue, name)) return catalogue[name];
  const names = Object.keys(catalogue);
  const near = nearest(name, names);
  const choices = `choose one of ${names.join(", ")}`;
  throw new UsageError(where, `there is no "${name}"`, near ? `did you mean "${near}"? Otherwise ${choices}` : choices);
}
