/**
 * A unit of a catalogue with its options, as plain data: it can be written to a file, sent to a worker and compared.
 * `kind` names the catalogue (loss, optimizer, …), so that a loss cannot be passed where an optimizer is wanted.
 */
export interface Choice<Kind extends string = string> {
  readonly kind: Kind;
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Makes a choice: the unit's defaults, overridden by what was given. */
export function chosen<Kind extends string>(
  kind: Kind,
  unit: { readonly name: string; readonly defaults: object },
  options: object = {},
): Choice<Kind> {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return Object.freeze({ kind, name: unit.name, options: Object.freeze({ ...unit.defaults, ...given }) });
}

/** Freezes a unit; with the type given, its functions' parameters take their types from it. */
export function frozen<T extends object>(unit: T): Readonly<T> {
  return Object.freeze(unit);
}
