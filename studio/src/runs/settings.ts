import type { RunSummary } from "../../../src/studio/index.ts";

type Settings = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `{ kind, name, options }` is how a configuration names a unit. */
const isUnit = (value: unknown): value is { name: string; options?: Settings } =>
  isRecord(value) && typeof value.name === "string" && (value.options === undefined || isRecord(value.options));

/** A value as the command line takes it: `cnn`, `l2:strength=0.0001`, `8,16`. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (isUnit(value)) {
    const options = Object.entries(value.options ?? {}).map(([name, one]) => `${name}=${textOf(one)}`);
    return options.length === 0 ? value.name : `${value.name}:${options.join(",")}`;
  }
  if (Array.isArray(value)) return value.map(textOf).join(", ");
  // 0.1 + 0.2 is told as 0.3.
  if (typeof value === "number") return String(Number(value.toPrecision(12)));
  if (isRecord(value)) return JSON.stringify(value);
  return String(value);
}

/** Each setting under its own name, `model`, `model.filters`, …; empty where the configuration could not be read. */
export function flat(settings: Settings | null): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const add = (name: string, value: unknown) => {
    if (isUnit(value)) {
      found.set(name, value.name);
      for (const [option, one] of Object.entries(value.options ?? {})) add(`${name}.${option}`, one);
    } else found.set(name, textOf(value));
  };
  for (const [name, value] of Object.entries(settings ?? {})) add(name, value);
  return found;
}

/** A setting that is not the same in all runs, with its value in each of them; undefined where a run has none of that name. */
export interface Difference {
  readonly name: string;
  readonly values: readonly (string | undefined)[];
}

/** The settings that differ among runs. Of runs whose configuration cannot be read nothing is known, so they do not count. */
export function differences(runs: readonly Pick<RunSummary, "settings">[]): readonly Difference[] {
  const all = runs.map(({ settings }) => (settings === null ? undefined : flat(settings)));
  const names = [...new Set(all.flatMap((one) => [...(one?.keys() ?? [])]))];
  return names.flatMap((name) => {
    const known = all.filter((one) => one !== undefined).map((one) => one.get(name));
    if (known.every((value) => value === known[0])) return [];
    return [{ name, values: all.map((one) => one?.get(name)) }];
  });
}
