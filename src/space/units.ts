import type { Configuration, ParameterValue } from "./parameter.ts";
import { unitOf, valueAt } from "./scale.ts";
import type { Space } from "./space.ts";

/**
 * A configuration in the unit cube, [parameters]: NaN where a parameter does not count, or has no value because the space has grown since.
 * Numbers beyond a range that was narrowed lie outside of the cube.
 */
export function toUnits(space: Space, values: Configuration): Float64Array {
  return Float64Array.from(space.names, (name) =>
    Object.hasOwn(values, name) && space.isActive(name, values)
      ? unitOf(space.parameters[name], values[name])
      : Number.NaN,
  );
}

/**
 * The configuration at a place of the unit cube. Places of parameters that do not count are not looked at, so one place serves for
 * every space of so many parameters.
 * @param units [parameters], each in [0, 1]
 */
export function fromUnits(space: Space, units: ArrayLike<number>): Configuration {
  const values: Record<string, ParameterValue> = {};
  for (const [i, name] of space.names.entries()) {
    if (space.isActive(name, values)) values[name] = valueAt(space.parameters[name], units[i]);
  }
  return values;
}
