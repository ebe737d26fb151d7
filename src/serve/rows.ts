import { Problem } from "./problem.ts";

/** Rows of numbers out of a request: those that can be used in one block, and what is wrong with the others. */
export interface ReadRows {
  /** One row was sent and no list of them, so one answer is wanted and no list of them. */
  readonly single: boolean;
  /** [usable rows, features] */
  readonly values: Float32Array;
  /** For each row that was sent: its place in the block, or what is wrong with it. */
  readonly rows: readonly (number | Problem)[];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const fix = "send rows such as [1, 2.5] or [[1, 2.5], [3, 4]], or objects by the features' names";

/**
 * @param sent one row, a list of the features' numbers or an object by their names; or a list of such rows
 * @throws Problem 422 when it is something else, or there are too many rows
 */
export function rowsOf(sent: unknown, features: readonly string[], most: number): ReadRows {
  const single = isRecord(sent) || (Array.isArray(sent) && sent.length > 0 && sent.every((one) => !isRow(one)));
  const list = single ? [sent] : sent;
  if (!Array.isArray(list)) throw new Problem(422, "the body is no row of numbers", fix);
  if (list.length === 0) throw new Problem(422, "there is no row in it", fix);
  if (list.length > most) {
    throw new Problem(413, `it holds ${list.length} rows, more than ${most}`, "send them in several requests");
  }
  const values = new Float32Array(list.length * features.length);
  let usable = 0;
  const rows = list.map((row: unknown): number | Problem => {
    const wrong = readRow(row, features, values.subarray(usable * features.length));
    return wrong === undefined ? usable++ : new Problem(422, wrong, fix);
  });
  return { single, values: values.subarray(0, usable * features.length), rows };
}

const isRow = (value: unknown) => Array.isArray(value) || isRecord(value);

/** @returns what is wrong with it */
function readRow(row: unknown, features: readonly string[], into: Float32Array): string | undefined {
  let numbers: readonly unknown[];
  if (Array.isArray(row)) {
    if (row.length !== features.length) return `it has ${row.length} numbers instead of ${features.length}`;
    numbers = row;
  } else if (isRecord(row)) {
    const lacking = features.filter((name) => !Object.hasOwn(row, name));
    if (lacking.length > 0) return `it lacks ${lacking.slice(0, 4).join(", ")}${lacking.length > 4 ? ", …" : ""}`;
    numbers = features.map((name) => row[name]);
  } else {
    return `${shown(row)} is no row of numbers`;
  }
  const at = numbers.findIndex((value) => typeof value !== "number" || !Number.isFinite(Math.fround(value)));
  if (at >= 0) return `${features[at]} is ${shown(numbers[at])}, which is no number of float32`;
  into.set(numbers as readonly number[]);
  return undefined;
}

/** A value for a person: of a long one the beginning. */
function shown(value: unknown): string {
  const text = typeof value === "number" ? String(value) : JSON.stringify(value);
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}
