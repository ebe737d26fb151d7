/**
 * LIBSVM's (and SVMlight's) text for sparse rows, after Chang, Lin 2011: `label index:value index:value …`, one row a line.
 *
 *     +1 1:0.5 7:-2      # a comment
 *     -1 3:1e-2
 *
 * Indices rise within a line; those that are not named are 0. They begin at 1; where a file has the index 0 they begin there. A
 * label is a class; labels that are numbers are written in their shortest form, so "+1", "1.0" and "1" are one class. `qid:…`
 * is passed over.
 */
import { GrowingFloats, type Lines, type LostRow, type NumberFile, numberOf } from "./number-file.ts";

const pair = /^(\d+):(\S+)$/;

/** Whether a text begins as such a file does: lines of a label and pairs, of which at least one line has a pair. */
export function looksLikeLibsvm(text: string): boolean {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "")
    .slice(0, 20);
  const isPair = (part: string) => /^(\d+|qid):[^:\s]+$/.test(part);
  const bodies = lines.map((line) => line.split(/\s+/)).map((parts) => (isPair(parts[0]!) ? parts : parts.slice(1)));
  return bodies.every((parts) => parts.every(isPair)) && bodies.some((parts) => parts.length > 0);
}

/** The largest index that is taken: dense rows of more would be a mistake. */
const LARGEST_INDEX = 1_000_000;

/** Every row that can be used, dense; the others with their reasons. */
export async function readLibsvm(lines: Lines): Promise<NumberFile> {
  const indices = new GrowingInts();
  const values = new GrowingFloats();
  const starts: number[] = [0];
  const numbers: number[] = [];
  const names: string[] = [];
  const lost: LostRow[] = [];
  let first = 1;
  let last = 0;
  for await (const { text, number: line } of lines) {
    const parts = text.replace(/#.*/, "").trim();
    if (parts === "") continue;
    const read = rowOf(
      /^\s/.test(text) || /^(\d+|qid):/.test(parts) ? ["", ...parts.split(/\s+/)] : parts.split(/\s+/),
    );
    if ("reason" in read) {
      lost.push({ line, ...read });
      continue;
    }
    indices.push(read.indices);
    values.push(read.values);
    starts.push(indices.length);
    numbers.push(line);
    names.push(read.name);
    if (read.indices[0] === 0) first = 0;
    last = Math.max(last, read.indices.at(-1) ?? 0);
  }
  const width = last - first + 1;
  const dense = new Float32Array(numbers.length * width);
  for (let row = 0; row < numbers.length; row++) {
    for (let at = starts[row]!; at < starts[row + 1]!; at++) {
      dense[row * width + indices.values[at]! - first] = values.values[at]!;
    }
  }
  const features = Array.from({ length: width }, (_, k) => `x${k + first}`);
  const notes = first === 0 ? ["Its indices begin at 0"] : [];
  return { features, values: dense, lines: numbers, names, lost, sparse: true, notes };
}

type Row =
  | { readonly name: string; readonly indices: number[]; readonly values: number[] }
  | { readonly name?: string; readonly reason: string };

function rowOf([label = "", ...pairs]: string[]): Row {
  if (label === "") return { reason: "it has no label" };
  if (label.includes(",")) return { reason: `it has several labels (${label})` };
  const name = Number.isFinite(Number(label)) ? String(Number(label)) : label;
  const indices: number[] = [];
  const values: number[] = [];
  for (const text of pairs) {
    if (text.startsWith("qid:")) continue;
    const [, index, written] = pair.exec(text) ?? [];
    if (index === undefined || written === undefined) return { name, reason: `"${text}" is no index:value` };
    const place = Number(index);
    const before = indices.at(-1);
    if (before !== undefined && place <= before) {
      const what = place === before ? "comes twice" : `comes after ${before}`;
      return { name, reason: `feature ${place} ${what}; indices must rise` };
    }
    if (place > LARGEST_INDEX) return { name, reason: `feature ${place} is beyond ${LARGEST_INDEX}` };
    const value = numberOf(written);
    if (typeof value === "string") return { name, reason: `feature ${place} ${value}` };
    indices.push(place);
    values.push(value);
  }
  return { name, indices, values };
}

class GrowingInts {
  #values = new Int32Array(4096);
  length = 0;

  push(row: readonly number[]): void {
    if (this.length + row.length > this.#values.length) {
      const larger = new Int32Array(Math.max(2 * this.#values.length, this.length + row.length));
      larger.set(this.#values.subarray(0, this.length));
      this.#values = larger;
    }
    this.#values.set(row, this.length);
    this.length += row.length;
  }

  get values(): Int32Array {
    return this.#values;
  }
}
