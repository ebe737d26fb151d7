import { sameShape, sizeOf } from "../core/index.ts";
import type { NDArray, Tensor } from "../ir/index.ts";
import { indexOf, shifted } from "./arrays.ts";
import type { Part } from "./part.ts";

/** A unit that stands on a kink. */
export interface Kink {
  /** The unit's name: `relu`. */
  readonly unit: string;
  /** Where in the model it is: `hidden1`; empty outside every scope. */
  readonly scope: string;
  /** Index of the first element of its output that is concerned. */
  readonly element: readonly number[];
  /** What the operands are at that element: the point of the kink. Empty for units that are not elementwise. */
  readonly inputs: readonly number[];
  /** How many elements are concerned. */
  readonly count: number;
}

/** `relu at hidden1, element [0,2] (and 3 more), input 0`. */
export function describeKink({ unit, scope, element, inputs, count }: Kink): string {
  const where = `${unit}${scope ? ` at ${scope}` : ""}`;
  const others = count > 1 ? ` (and ${count - 1} more)` : "";
  const which = element.length === 0 ? "" : `, element [${element.join(",")}]${others}`;
  // Rounding puts a value that is 0 on paper beside it.
  const numbers = inputs.map((value) => `${Number(value.toPrecision(3))}`);
  const point = numbers.length === 0 ? "" : `, ${numbers.length > 1 ? "inputs" : "input"} ${numbers.join(" and ")}`;
  return `${where}${which}${point}`;
}

/**
 * The units that have a kink between x − h·d and x + h·d.
 *
 * No list says which units have kinks: each node is tried by itself, on the straight line that its operands take when x moves
 * along d, ahead and behind. On such a line a smooth unit's second difference over a tenth of the way is a hundredth of
 * that over the whole way; what deviates changes its branch. So relu at 0, a tie of a maximum, or a comparison that
 * turns are found in the same way, and so is a unit that is added later.
 */
export function kinksBetween(part: Part, x: NDArray, d: NDArray, h: number): Kink[] {
  const here = part.valuesAt(x);
  const sides = [part.valuesAt(shifted(x, h, d)), part.valuesAt(shifted(x, -h, d))];
  return part.nodes.flatMap((node) => {
    const bent = new Set(sides.flatMap((side) => bentElements(node, here, side)));
    if (bent.size === 0) return [];
    const first = Math.min(...bent);
    const elementwise = node.inputs.every(({ shape }) => sizeOf(shape) === 1 || sameShape(shape, node.shape));
    const at = ({ data }: NDArray) => (data.length === 1 ? data[0] : data[first]);
    const inputs = elementwise ? node.inputs.map((operand) => at(here.get(operand)!)) : [];
    const element = indexOf(first, node.shape);
    return [{ unit: node.op.name, scope: node.place.scope, element, inputs, count: bent.size }];
  });
}

type Values = ReadonlyMap<Tensor, NDArray>;

/** The elements of a node's output that are not smooth while its operands go straight from `here` to `there` and as far back. */
function bentElements(node: Tensor, here: Values, there: Values): number[] {
  const from = node.inputs.map((operand) => here.get(operand)!);
  const way = node.inputs.map(({ dtype }, i) => {
    const to = there.get(node.inputs[i])!;
    const moves = dtype.startsWith("float");
    return { shape: to.shape, data: to.data.map((value, j) => (moves ? value - from[i].data[j] : 0)) };
  });
  const far = Math.max(...way.map(({ data }) => largest(data)));
  if (far === 0) return [];
  const at = (t: number) =>
    node.op.evaluate(
      from.map((value, i) => shifted(value, t, way[i])),
      node.attrs,
      node,
    ).data;
  const middle = at(0);
  const [ahead, behind, nearAhead, nearBehind] = [at(1), at(-1), at(0.1), at(-0.1)];
  // A kink shows as a share of the way; what is smaller than a ten-thousandth of it, or than rounding, is no kink.
  const threshold = 1e-4 * far + 1e-13 * largest(middle);
  return [...middle.keys()].filter((i) => {
    const whole = ahead[i] + behind[i] - 2 * middle[i];
    const tenth = nearAhead[i] + nearBehind[i] - 2 * middle[i];
    return Math.abs(10 * tenth - whole / 10) > threshold;
  });
}

const largest = (data: Float64Array) => data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
