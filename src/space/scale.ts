import type { FloatParameter, IntParameter, Parameter, ParameterValue } from "./parameter.ts";

/** How many values a parameter has; floats have no end of them. */
export function countOf(parameter: Parameter): number {
  switch (parameter.kind) {
    case "float":
      return parameter.low === parameter.high ? 1 : Number.POSITIVE_INFINITY;
    case "int":
      return Math.floor((parameter.high - parameter.low) / (parameter.step ?? 1)) + 1;
    default:
      return parameter.choices.length;
  }
}

/**
 * The place of a value in [0, 1]. Floats lie where they are between low and high, or where their logarithm is. Of N values of an integer
 * or of a choice, number i has the middle of the i-th of N equal parts; integers on a logarithmic scale have parts that end half way to their
 * neighbours, ln(v ± ½), so that a uniform draw gives each its share.
 */
export function unitOf(parameter: Parameter, value: ParameterValue): number {
  if (parameter.kind === "choice") return (parameter.choices.indexOf(value) + 0.5) / parameter.choices.length;
  const number = value as number;
  if (parameter.kind === "float") {
    if (parameter.low === parameter.high) return 0.5;
    const at = parameter.log ? Math.log : (v: number) => v;
    return (at(number) - at(parameter.low)) / (at(parameter.high) - at(parameter.low));
  }
  if (!parameter.log) return (Math.round((number - parameter.low) / (parameter.step ?? 1)) + 0.5) / countOf(parameter);
  const [from, to] = edgesOf(parameter);
  return (Math.log(number) - from) / (to - from);
}

/** The value whose part of [0, 1] a place lies in. */
export function valueAt(parameter: Parameter, unit: number): ParameterValue {
  const inside = Math.min(1, Math.max(0, unit));
  if (parameter.kind === "float") return floatAt(parameter, inside);
  if (parameter.kind === "int" && parameter.log) {
    const [from, to] = edgesOf(parameter);
    return Math.min(parameter.high, Math.max(parameter.low, Math.round(Math.exp(from + inside * (to - from)))));
  }
  const index = Math.min(countOf(parameter) - 1, Math.floor(inside * countOf(parameter)));
  return parameter.kind === "choice" ? parameter.choices[index] : parameter.low + index * (parameter.step ?? 1);
}

const edgesOf = ({ low, high }: IntParameter): [number, number] => [Math.log(low - 0.5), Math.log(high + 0.5)];

/** The ends are exact: e^(ln high) need not be high. */
function floatAt({ low, high, log }: FloatParameter, unit: number): number {
  if (unit === 0) return low;
  if (unit === 1) return high;
  const value = log ? Math.exp(Math.log(low) + unit * (Math.log(high) - Math.log(low))) : low + unit * (high - low);
  return Math.min(high, Math.max(low, value));
}

/**
 * Values at which a grid looks: all of them where they are few, else so many places, even on the parameter's scale, its ends among them.
 * @param most 2 or more
 */
export function gridOf(parameter: Parameter, most: number): ParameterValue[] {
  const count = countOf(parameter);
  if (parameter.kind === "choice") return [...parameter.choices];
  const places = Math.min(most, count);
  if (places === 1) return [parameter.low];
  const values = Array.from({ length: places }, (_, i) => {
    const share = i / (places - 1);
    if (parameter.kind === "float") return floatAt(parameter, share);
    if (parameter.log)
      return Math.round(Math.exp(Math.log(parameter.low) + share * Math.log(parameter.high / parameter.low)));
    return parameter.low + Math.round(share * (count - 1)) * (parameter.step ?? 1);
  });
  return [...new Set(values)];
}
