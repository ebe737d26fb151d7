/**
 * Names of inputs and outputs of a native form that lie within one array of whoever runs it, and where: the state is one array for
 * each parameter, which a model may read and write in parts, and where a part grows, what it is begun with is an output, too.
 */

/** One of so many equal parts of an array. */
export interface Part {
  readonly index: number;
  readonly count: number;
}

/** The name of a part; of a whole its own. */
export const partName = (whole: string, { index, count }: Part): string =>
  count === 1 ? whole : `${whole}, part ${index + 1} of ${count}`;

/** The name of an output that is to lie where the output `name` does, which grows there. */
export const begunName = (name: string): string => `${name} begun`;

/** What a name says: in whose array it lies, and where. */
export function partOfName(name: string): Part & { readonly whole: string } {
  const [, whole, index, count] = /^(.*?)(?:, part (\d+) of (\d+))?(?: begun)?$/s.exec(name) as RegExpExecArray;
  return { whole, index: Number(index ?? 1) - 1, count: Number(count ?? 1) };
}
