import {
  type Configuration,
  countOf,
  fromUnits,
  type Parameter,
  type Space,
  toUnits,
  unitOf,
  valueAt,
} from "../../space/index.ts";

/** A parameter of the space, as a search over the unit cube needs it. */
interface Axis {
  readonly parameter: Parameter;
  readonly count: number;
  /** Axis of the choice that decides whether this one counts; −1 where it always does. */
  readonly parent: number;
  /** By the parent's choice: whether this one counts. */
  readonly allowed: readonly boolean[];
}

/** Beyond this a place counts as this far outside of the cube: trials of a wider range must not be infinitely far. */
const OUTSIDE = 8;

/** A space as places in a cube, [parameters]; NaN where a parameter does not count. */
export class Encoding {
  readonly space: Space;
  readonly axes: readonly Axis[];

  constructor(space: Space) {
    this.space = space;
    this.axes = space.names.map((name) => {
      const parameter = space.parameters[name];
      const { when } = parameter;
      const decider = when && space.parameters[when.parameter];
      return {
        parameter,
        count: countOf(parameter),
        parent: when === undefined ? -1 : space.names.indexOf(when.parameter),
        allowed: decider?.kind === "choice" ? decider.choices.map((choice) => when!.is.includes(choice)) : [],
      };
    });
  }

  /** Where a trial lies; perhaps outside of the cube, where ranges were narrowed since. */
  encode(configuration: Configuration): Float64Array {
    return toUnits(this.space, configuration).map((unit) =>
      // −∞ is the logarithm of a 0 from when the scale was another.
      Number.isNaN(unit) ? unit : Math.min(1 + OUTSIDE, Math.max(-OUTSIDE, unit)),
    );
  }

  decode(units: Float64Array): Configuration {
    return fromUnits(this.space, units);
  }

  /** Which of its values an integer or a choice has at a place; −1 for a choice that the space no longer has. */
  indexAt(axis: number, unit: number): number {
    const { parameter, count } = this.axes[axis];
    if (parameter.kind === "int" && parameter.log) return (valueAt(parameter, unit) as number) - parameter.low;
    return Math.min(count - 1, Math.floor(unit * count));
  }

  /** The place of a value of an integer or a choice. */
  unitAt(axis: number, index: number): number {
    const { parameter, count } = this.axes[axis];
    return parameter.kind === "int" && parameter.log ? unitOf(parameter, parameter.low + index) : (index + 0.5) / count;
  }

  isActive(axis: number, units: Float64Array): boolean {
    const { parent, allowed } = this.axes[axis];
    return parent < 0 || (!Number.isNaN(units[parent]) && allowed[this.indexAt(parent, units[parent])]);
  }

  /**
   * The place of a configuration next to a point of the cube, in place: integers and choices at their middles, NaN where a parameter
   * does not count.
   * @param spare what a parameter has that counts, though the point has NaN there
   */
  snap(units: Float64Array, spare: Float64Array): Float64Array {
    for (let axis = 0; axis < units.length; axis++) {
      if (!this.isActive(axis, units)) {
        units[axis] = Number.NaN;
        continue;
      }
      const unit = Number.isNaN(units[axis]) ? spare[axis] : Math.min(1, Math.max(0, units[axis]));
      units[axis] = Number.isFinite(this.axes[axis].count) ? this.unitAt(axis, this.indexAt(axis, unit)) : unit;
    }
    return units;
  }
}
