/** The ranges that units bring for a search: each is a space of the unit's own options, with the default in it. */
import { describe, expect, test } from "vitest";
import { checkOptions, Random } from "../../src/core/index.ts";
import { augmentations } from "../../src/data/index.ts";
import { losses } from "../../src/losses/index.ts";
import { type Model, models } from "../../src/models/index.ts";
import { optimizers } from "../../src/optimizers/index.ts";
import { regularizers } from "../../src/regularizers/index.ts";
import { schedules } from "../../src/schedules/index.ts";
import { type Configuration, fromUnits, gridOf, type Parameter, Space, unitOf } from "../../src/space/index.ts";

interface Unit {
  readonly name: string;
  readonly defaults: object;
  readonly space?: Readonly<Record<string, Parameter>> | Model["space"];
  readonly searchFirst?: readonly string[];
}

const sizes = [8, 28, 64, 224].map((size) => ({ height: size, width: size }));
const catalogues: Readonly<Record<string, Readonly<Record<string, Unit>>>> = {
  loss: losses,
  optimizer: optimizers,
  regularizer: regularizers,
  schedule: schedules,
  augmentation: augmentations,
  model: models,
};
const units = Object.entries(catalogues).flatMap(([kind, catalogue]) =>
  Object.values(catalogue).flatMap((unit) => (unit.space === undefined ? [] : [{ kind, unit, name: unit.name }])),
);

/** The spaces of a unit: those of models depend on the size of the pictures. */
const spacesOf = ({ space }: Unit): Readonly<Record<string, Parameter>>[] =>
  typeof space === "function" ? sizes.map((size) => space(size)) : [space!];

/** Options that values of the space mean. */
function optionsOf(unit: Unit, values: Configuration): Record<string, unknown> {
  const { fromSpace } = unit as Partial<Model>;
  return { ...(fromSpace ? fromSpace(values, unit.defaults) : { ...unit.defaults, ...values }) };
}

/** 0 turns a penalty off, and a logarithmic scale has none. */
const turnedOff = (parameter: Parameter, value: unknown) => parameter.kind === "float" && parameter.log && value === 0;

/** Random configurations of a space. */
function drawsOf(space: Space, count: number): Configuration[] {
  const random = new Random(1, "spaces");
  return Array.from({ length: count }, () =>
    fromUnits(
      space,
      space.names.map(() => random.uniform()),
    ),
  );
}

describe.each(units)("the space of the $kind $name", ({ kind, unit }) => {
  const defaults = unit.defaults as Readonly<Record<string, unknown>>;
  const { toSpace, settle } = unit as Partial<Model>;

  test("holds what makes sense, and each parameter of it becomes an option", () => {
    for (const parameters of spacesOf(unit)) {
      const space = new Space(parameters);
      const left = new Set(space.names);
      for (const values of drawsOf(space, 20)) {
        const options = optionsOf(unit, values);
        checkOptions(kind, unit, options);
        expect(Object.keys(options).sort()).toEqual(Object.keys(defaults).sort());
        for (const name of Object.keys(values)) {
          const other = gridOf(parameters[name], 2).find((value) => value !== values[name])!;
          const changed = optionsOf(unit, { ...values, [name]: other });
          if (JSON.stringify(changed) !== JSON.stringify(options)) left.delete(name);
        }
      }
      expect([...left]).toEqual([]);
    }
  });

  test("has the default in it", () => {
    spacesOf(unit).forEach((parameters, i) => {
      const space = new Space(parameters);
      const settled = settle ? settle(unit.defaults, sizes[i]) : unit.defaults;
      const values = (toSpace ? toSpace(settled) : settled) as Configuration;
      for (const name of space.names) {
        if (!space.isActive(name, values) || turnedOff(parameters[name], values[name])) continue;
        const place = unitOf(parameters[name], values[name]);
        expect(`${name}: ${place >= 0 && place <= 1}`).toBe(`${name}: true`);
      }
      // There and back again.
      expect(optionsOf(unit, values)).toEqual(settled);
    });
  });

  test("is where a search begins", () => {
    const names = spacesOf(unit).flatMap((parameters) => Object.keys(parameters));
    for (const name of unit.searchFirst ?? []) expect(names).toContain(name);
  });
});

test("every unit with numbers among its options says what is worth searching of them", () => {
  const silent = Object.values(catalogues).flatMap((catalogue) =>
    Object.values(catalogue).filter(
      ({ space, defaults }) =>
        space === undefined && Object.values(defaults).some((value) => typeof value === "number"),
    ),
  );
  expect(silent.map(({ name }) => name)).toEqual([]);
});

test("what a parameter is called says which unit it is of", () => {
  // A search calls them by unit and option, whatever the catalogue.
  const names = units.flatMap(({ unit }) => [
    ...new Set(spacesOf(unit).flatMap((parameters) => Object.keys(parameters).map((name) => `${unit.name}.${name}`))),
  ]);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});
