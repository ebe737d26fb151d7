import type { UnitAxis } from "../../report/index.ts";
import { type Parameter, type ParameterValue, unitOf } from "../../space/index.ts";
import { shownValue } from "../tune/index.ts";

/** Whole numbers of which each has a tick. */
const FEW = 8;
const TICKS = 5;

/** Where a parameter's values lie, in [0, 1], and what is written along. */
export function axisOf(name: string, parameter: Parameter): UnitAxis {
  const ticks = valuesOf(parameter).map((value) => ({ at: unitOf(parameter, value), text: tickText(value) }));
  return { name, ticks };
}

/** 1e-5, where zeros would take the room of other ticks. */
const tickText = (value: ParameterValue) =>
  typeof value === "number" && value > 0 && value < 1e-3
    ? value.toExponential().replace(/\.?0*e/, "e")
    : shownValue(value);

function valuesOf(parameter: Parameter): readonly ParameterValue[] {
  if (parameter.kind === "choice") return parameter.choices;
  const { kind, low, high, log } = parameter;
  if (low === high) return [low];
  const step = parameter.kind === "int" ? (parameter.step ?? 1) : 0;
  if (kind === "int" && !log && (high - low) / step < FEW) {
    return Array.from({ length: (high - low) / step + 1 }, (_, i) => low + i * step);
  }
  if (log) return [low, ...powers(low, high), high];
  return Array.from({ length: TICKS }, (_, i) => {
    const value = low + ((high - low) * i) / (TICKS - 1);
    return kind === "int" ? low + step * Math.round((value - low) / step) : Number(value.toPrecision(6));
  });
}

/** Powers of ten between two numbers; 2 and 5 times them too, where there are few. */
function powers(low: number, high: number): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const parts = last - first > 3 ? [1] : [1, 2, 5];
  return Array.from({ length: last - first + 1 }, (_, i) => parts.map((part) => Number(`${part}e${first + i}`)))
    .flat()
    .filter((value) => value > low && value < high);
}
