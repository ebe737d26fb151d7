/** What one file of numbers holds, whatever its format, and how its reader collects it. */
import type { SplitName } from "./types.ts";

/** A line of text, with its number in the file, from 1. */
export interface Line {
  readonly text: string;
  readonly number: number;
}

export type Lines = Iterable<Line> | AsyncIterable<Line>;

/** A row that cannot be used. */
export interface LostRow {
  readonly line: number;
  readonly reason: string;
  /** Its class, where that much could be read. */
  readonly name?: string;
}

/** The rows of one file; of a row i, `lines[i]`, `names[i]` … and `values[i · features]` …. */
export interface NumberFile {
  readonly features: readonly string[];
  /** [rows, features] */
  readonly values: Float32Array;
  readonly lines: readonly number[];
  /** The class of each row, as it is written; "" where the file has no labels. */
  readonly names: readonly string[];
  readonly splits?: readonly (SplitName | undefined)[];
  readonly groups?: readonly string[];
  readonly lost: readonly LostRow[];
  /** What a row does not name is 0. */
  readonly sparse: boolean;
  readonly notes: readonly string[];
}

/** Float32 numbers whose count is not known before. */
export class GrowingFloats {
  #values = new Float32Array(4096);
  length = 0;

  push(row: ArrayLike<number>): void {
    if (this.length + row.length > this.#values.length) {
      const larger = new Float32Array(Math.max(2 * this.#values.length, this.length + row.length));
      larger.set(this.#values.subarray(0, this.length));
      this.#values = larger;
    }
    this.#values.set(row, this.length);
    this.length += row.length;
  }

  get values(): Float32Array {
    return this.#values.subarray(0, this.length);
  }
}

/** The largest float32; what is beyond would become infinite. */
const LARGEST = 3.4028234663852886e38;
const missing = new Set(["", "?", "-", "na", "n/a", "nan", "null", "none"]);

export const isMissing = (text: string): boolean => missing.has(text.toLowerCase());

/**
 * A number as it is written.
 * @returns why it is none, for a text that is missing, infinite, beyond float32, or no number
 */
export function numberOf(text: string): number | string {
  const value = isMissing(text) ? Number.NaN : Number(text);
  if (Math.abs(value) <= LARGEST) return value;
  if (isMissing(text)) return "is missing";
  if (/^[+-]?inf(inity)?$/i.test(text)) return "is infinite";
  return Number.isNaN(value) ? `is "${text}", which is no number` : `is ${text}, too large for 32 bits`;
}
