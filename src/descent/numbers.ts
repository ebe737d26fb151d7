import { type Shape, sizeOf, UsageError } from "../core/index.ts";
import type { NDArray } from "../ir/index.ts";

export type TypedNumbers = Float64Array | Float32Array | Int32Array | Uint8Array;
/** Lists of equal lengths. */
export type Lists = readonly number[] | readonly Lists[];
/** A number, nested lists of equal lengths, a typed array (one axis), or data with a shape. */
export type Numbers = number | Lists | TypedNumbers | { readonly shape: Shape; readonly data: TypedNumbers };

/**
 * Nested lists as their shape and their numbers in a row.
 * @throws UsageError when their lengths differ
 */
export function flattened(name: string, lists: Lists): { readonly shape: number[]; readonly data: number[] } {
  const shape: number[] = [];
  for (let level: unknown = lists; Array.isArray(level); level = level[0]) shape.push(level.length);
  const data = (lists as readonly unknown[]).flat(shape.length - 1) as number[];
  if (data.length !== sizeOf(shape) || data.some((value) => typeof value !== "number")) {
    throw new UsageError(
      `input ${name}`,
      `the lists are of unequal lengths (the first ones say [${shape}])`,
      "give lists of equal lengths",
    );
  }
  return { shape, data };
}

/** @throws UsageError when the numbers and their shape do not agree */
export function asArray(name: string, numbers: Numbers): NDArray {
  if (typeof numbers === "number") return { shape: [], data: Float64Array.of(numbers) };
  if (ArrayBuffer.isView(numbers)) return { shape: [numbers.length], data: Float64Array.from(numbers) };
  if (Array.isArray(numbers)) {
    const { shape, data } = flattened(name, numbers);
    return { shape, data: Float64Array.from(data) };
  }
  const { shape, data } = numbers as { shape: Shape; data: TypedNumbers };
  if (!Array.isArray(shape) || sizeOf(shape) !== data?.length) {
    throw new UsageError(
      `input ${name}`,
      `shape [${shape}] and ${data?.length ?? "no"} numbers`,
      "give a number, nested lists, a typed array, or { shape, data } that agree",
    );
  }
  return { shape, data: Float64Array.from(data) };
}

export const asArrays = (numbers: Readonly<Record<string, Numbers>>): Record<string, NDArray> =>
  Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, asArray(name, value)]));
