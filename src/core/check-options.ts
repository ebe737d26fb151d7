import { choose } from "./suggest.ts";
import { UsageError } from "./usage-error.ts";

/** From the first number (included) to the second, which is not included unless the range is closed. */
type Range = readonly [number, number] | readonly [number, number, "closed"];
export type Ranges = Readonly<Record<string, Range>>;
/** The values of options that have only so many. */
export type Choices = Readonly<Record<string, readonly unknown[]>>;

interface Checkable {
  readonly name: string;
  readonly defaults: object;
  readonly ranges?: Ranges;
  readonly choices?: Choices;
}

const shown = (value: unknown) => (typeof value === "string" ? `"${value}"` : JSON.stringify(value));

/**
 * Holds options that come from a file, or from a program without types, against the unit that they are meant for: known
 * names, values of the default's kind, numbers inside the unit's ranges, one of the unit's choices where it has them.
 * @throws UsageError naming the unit, the option, its value and what it should be
 */
export function checkOptions(kind: string, unit: Checkable, options: Readonly<Record<string, unknown>>): void {
  const defaults = unit.defaults as Readonly<Record<string, unknown>>;
  for (const [name, value] of Object.entries(options)) {
    const where = `${kind} ${unit.name}`;
    const usual = choose(
      where,
      Object.fromEntries(Object.entries(defaults).map(([key, own]) => [key, [own]])),
      name,
    )[0];
    const refuse = (wanted: string) => {
      throw new UsageError(`${where}, ${name}`, `is ${shown(value)}`, `give ${wanted}`);
    };
    const choices = unit.choices?.[name];
    if (choices !== undefined) {
      if (!choices.includes(value)) refuse(`one of ${choices.join(", ")}`);
    } else if (usual === "auto" && unit.ranges?.[name] !== undefined) {
      // A number, or for the unit to choose.
      if (value !== usual && !(typeof value === "number" && Number.isInteger(value) && value >= unit.ranges[name][0])) {
        refuse(`a whole number, ${unit.ranges[name][0]} or more, or auto`);
      }
    } else if (Array.isArray(usual) || usual === "auto") {
      const sizes =
        Array.isArray(value) && value.length > 0 && value.every((item) => Number.isInteger(item) && item >= 1);
      if (!sizes && value !== usual) refuse("a list of whole numbers, 1 or more each");
    } else if (typeof value !== typeof usual) {
      refuse(`a ${typeof usual}, such as ${shown(usual)}`);
    } else if (typeof value === "number") {
      const [low, high, closed] = unit.ranges?.[name] ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      const inside = value >= low && (value < high || (closed !== undefined && value === high));
      if (!(Number.isFinite(value) && inside)) {
        const below = closed ? "" : "below ";
        refuse(Number.isFinite(high) ? `a number from ${low} to ${below}${high}` : `a number, ${low} or more`);
      }
    }
  }
}
