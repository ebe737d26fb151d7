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

/**
 * The name of an output that is to lie where the output `name` does, which grows there.
 * @param over the input that it is made of, which nothing else reads: if that is what `name` is the next of, all three may lie there
 */
export const begunName = (name: string, over?: string): string =>
  over === undefined ? `${name} begun` : `${name} begun over ${over}`;

/** What a name says: in whose array it lies, and where; and the `over` of a `begunName`. */
export function partOfName(name: string): Part & { readonly whole: string; readonly over?: string } {
  const said = /^(.*?)(?:, part (\d+) of (\d+))?(?: begun(?: over (.*))?)?$/s.exec(name) as RegExpExecArray;
  const [, whole, index = "1", count = "1", over] = said;
  return { whole, index: Number(index) - 1, count: Number(count), ...(over === undefined ? {} : { over }) };
}
