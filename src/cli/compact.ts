/** A unit with its options in one word, as a flag takes it: `step:every=10,gamma=0.5`. */
import { type Choices, checkOptions, choose, type Ranges, UsageError } from "../core/index.ts";

export interface Unit {
  readonly name: string;
  readonly defaults: object;
  readonly ranges?: Ranges;
  readonly choices?: Choices;
}
export type Catalogue = Readonly<Record<string, Unit>>;

/** milestone-epochs → milestoneEpochs: flags are written with hyphens, and so may these be. */
const camel = (name: string) => name.trim().replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Commas outside brackets. */
const SEPARATOR = /,(?![^[]*\])/;

/** true, 0.5, 1e-3, [2,5] or 2+5, relu. */
function parseValue(text: string): unknown {
  const word = text.trim();
  if (word === "true" || word === "false") return word === "true";
  if (word !== "" && !Number.isNaN(Number(word))) return Number(word);
  const inside = /^\[(.*)\]$/.exec(word)?.[1];
  const parts = (inside ?? word).split(inside === undefined ? "+" : ",").map((part) => part.trim());
  const numbers = parts.every((part) => part !== "" && !Number.isNaN(Number(part)));
  return (inside !== undefined || parts.length > 1) && numbers ? parts.map(Number) : word;
}

/** An example of a unit's options, for messages: `step:every=10`. */
function exampleOf({ name, defaults }: Unit): string {
  const [first] = Object.entries(defaults);
  if (first === undefined) return name;
  return `${name}:${first[0]}=${Array.isArray(first[1]) ? first[1].join("+") : first[1]}`;
}

/**
 * Reads `name` or `name:option=value,option=value` and holds it against a catalogue. Numbers, true and false, lists as
 * `2+5` or `[2,5]`; a list of one may be the number alone.
 * @param kind for messages: loss, optimizer, …
 * @throws UsageError for an unknown unit or option, with the nearest one, and for a value that does not fit
 */
export function parseUnit(
  flag: string,
  kind: string,
  catalogue: Catalogue,
  text: string,
): { readonly unit: Unit; readonly options: Readonly<Record<string, unknown>> } {
  const colon = text.indexOf(":");
  const unit = choose(flag, catalogue, (colon < 0 ? text : text.slice(0, colon)).trim());
  const known = Object.entries(unit.defaults);
  const options: Record<string, unknown> = {};
  for (const part of colon < 0 ? [] : text.slice(colon + 1).split(SEPARATOR)) {
    const equals = part.indexOf("=");
    if (known.length === 0) throw new UsageError(flag, `"${unit.name}" has no options`, `write ${flag} ${unit.name}`);
    if (equals < 1) {
      throw new UsageError(flag, `"${part}" is not option=value`, `write for example ${flag} ${exampleOf(unit)}`);
    }
    const name = camel(part.slice(0, equals));
    choose(`${flag} ${unit.name}`, unit.defaults as Readonly<Record<string, unknown>>, name);
    if (Object.hasOwn(options, name)) throw new UsageError(flag, `${name} is given twice`, "give it once");
    const usual = (unit.defaults as Readonly<Record<string, unknown>>)[name];
    const value = parseValue(part.slice(equals + 1));
    const isList = Array.isArray(usual) || (usual === "auto" && !unit.choices?.[name] && !unit.ranges?.[name]);
    const single = typeof value === "number" && isList;
    options[name] = single ? [value] : value;
  }
  checkOptions(kind, unit, options);
  return { unit, options };
}
