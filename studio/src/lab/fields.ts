/**
 * What a lesson keeps in the address: one field a value. A field reads its text and, where that is damaged or out of range,
 * answers with the nearest value that makes sense, so that no address can break a lesson.
 */
export interface Field<T> {
  readonly start: T;
  /** The value that a text stands for; its own start where it stands for none. */
  parse(text: string): T;
  print(value: T): string;
}

export interface NumberField extends Field<number> {
  readonly low: number;
  readonly high: number;
  readonly step: number;
}

/** A number in [low, high] in multiples of `step`. */
export function number(start: number, low: number, high: number, step: number): NumberField {
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  // Rounding to the digits of the step removes what is left of 3 · 0.1.
  const fitted = (value: number) => Number(Math.min(high, Math.max(low, value)).toFixed(digits + 2)) + 0;
  return {
    ...{ start, low, high, step },
    parse: (text) => (text.trim() !== "" && Number.isFinite(Number(text)) ? fitted(Number(text)) : start),
    print: (value) => String(fitted(value)),
  };
}

/** A whole number in [low, high]. */
export function whole(start: number, low: number, high: number): NumberField {
  const field = number(start, low, high, 1);
  return { ...field, parse: (text) => Math.round(field.parse(text)), print: (value) => String(Math.round(value)) };
}

/** One of a few names; the first is the start unless another is named. */
export function choice<const Name extends string>(
  names: readonly Name[],
  start: Name = names[0],
): Field<Name> & { readonly names: readonly Name[] } {
  return {
    ...{ names, start },
    parse: (text) => (names.includes(text as Name) ? (text as Name) : start),
    print: (value) => value,
  };
}

/** A switch. */
export const flag = (start = false): Field<boolean> => ({
  start,
  parse: (text) => (text === "1" ? true : text === "0" ? false : start),
  print: (value) => (value ? "1" : "0"),
});

/** A list of numbers, such as the coordinates of points: as many as at the start, each within [low, high]. */
export function numbers(start: readonly number[], low: number, high: number, digits = 2): Field<readonly number[]> {
  const fitted = (value: number) => Number(Math.min(high, Math.max(low, value)).toFixed(digits)) + 0;
  return {
    start,
    parse(text) {
      const values = text.split(",").map(Number);
      return values.length === start.length && values.every(Number.isFinite) && text !== ""
        ? values.map(fitted)
        : start;
    },
    print: (values) => values.map(fitted).join(","),
  };
}

/** A text of any length that a lesson reads itself. */
export const text = (start = ""): Field<string> => ({ start, parse: (value) => value, print: (value) => value });

// biome-ignore lint/suspicious/noExplicitAny: the fields of a record differ in their types
export type Fields = Readonly<Record<string, Field<any>>>;
export type StateOf<F extends Fields> = { readonly [Name in keyof F]: F[Name] extends Field<infer T> ? T : never };

export function startOf<F extends Fields>(fields: F): StateOf<F> {
  return Object.fromEntries(Object.entries(fields).map(([name, { start }]) => [name, start])) as StateOf<F>;
}

export function parseState<F extends Fields>(fields: F, query: URLSearchParams): StateOf<F> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const text = query.get(name);
      return [name, text === null ? field.start : field.parse(text)];
    }),
  ) as StateOf<F>;
}

/** The address of a state: what is as at the start is left out. */
export function printState<F extends Fields>(fields: F, state: StateOf<F>): Record<string, string> {
  const printed = Object.entries(fields).map(([name, field]) => [
    name,
    field.print(state[name]),
    field.print(field.start),
  ]);
  return Object.fromEntries(printed.flatMap(([name, value, start]) => (value === start ? [] : [[name, value]])));
}
