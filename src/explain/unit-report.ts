/** Every unit of a network up to its loss, with the numbers of one example: what a page that walks backward shows. */
import { isInput, type Tensor } from "../ir/index.ts";
import { type ChainRule, chainRuleOf } from "./chain-rule.ts";
import { type Card, graphView, type Part } from "./graph-view.ts";
import { type Summary, summaryOf } from "./summary.ts";
import type { UnitValues } from "./units.ts";

/** Units of at most so many numbers are told number by number. */
const FEW = 64;
/** A slope of an activation below this lets next to nothing through. */
const FLAT = 0.02;

/** The numbers of one kind. */
export interface Numbers extends Summary {
  readonly part: Part;
  /** All of them, where they are few. */
  readonly all?: readonly number[];
}

/** What is told of any unit: a step, or something learned that it takes. */
export interface UnitFacts {
  readonly layer: string;
  readonly title: string;
  readonly shape: string;
  readonly note?: string;
  readonly value: Numbers;
  /** ∂L/∂unit; undefined where there is none, as of bytes. */
  readonly gradient?: Numbers;
}

/** How an activation lets the gradient of this example through. */
export interface Gate {
  /** Maps, or single units of a layer, that are 0 for the whole example: nothing goes back through them. */
  readonly dead: number;
  /** How many maps or units there are. */
  readonly parts: number;
  /** The share of its numbers at which its slope is below 0.02: 0 of a rectifier that is off counts. */
  readonly flat: number;
}

export interface UnitReport extends UnitFacts {
  readonly op: string;
  /** Steps whose values it takes, by their place in the list. */
  readonly inputs: readonly number[];
  readonly parameters: readonly UnitFacts[];
  /** Absent for what comes in. */
  readonly rule?: ChainRule;
  /** Of an activation. */
  readonly gate?: Gate;
}

function numbersOf(values: ArrayLike<number>, part: Part): Numbers {
  const summary = summaryOf(values);
  return { ...summary, part, ...(values.length <= FEW ? { all: Array.from(values) } : {}) };
}

function factsOf(card: Card, { value, gradient }: UnitValues): UnitFacts {
  const { layer, title, shape, note } = card;
  const slope =
    gradient === undefined || "norm" in gradient || card.gradient === undefined
      ? undefined
      : numbersOf(gradient, card.gradient);
  return {
    ...{ layer, title, shape, ...(note === undefined ? {} : { note }) },
    value: numbersOf(value, card.value),
    ...(slope === undefined ? {} : { gradient: slope }),
  };
}

/** The slope of an activation by its value y; undefined for others, whose slope y does not tell. */
const slopes: Readonly<Record<string, (y: number) => number>> = Object.freeze({
  relu: (y) => (y > 0 ? 1 : 0),
  sigmoid: (y) => y * (1 - y),
  tanh: (y) => 1 - y * y,
  softplus: (y) => 1 - Math.exp(-y),
});

/** @param shape of the value, without the axis of the batch */
export function gateOf(op: string, value: ArrayLike<number>, shape: readonly number[]): Gate | undefined {
  const slope = slopes[op];
  if (slope === undefined || value.length === 0) return undefined;
  const parts = shape[0] ?? 1;
  const size = value.length / parts;
  let [dead, flat] = [0, 0];
  for (let part = 0; part < parts; part++) {
    let open = 0;
    for (let i = part * size; i < (part + 1) * size; i++) {
      if (slope(value[i]) < FLAT) flat++;
      if (value[i] !== 0) open++;
    }
    if (op === "relu" && open === 0) dead++;
  }
  return { dead, parts, flat: flat / value.length };
}

/**
 * The report of each step, from the input to the loss.
 * @param units what `unitValues` made of a run of `lossUnitGraph`
 */
export function unitReport({
  steps,
  parameters,
}: {
  readonly steps: readonly UnitValues[];
  readonly parameters: readonly UnitValues[];
}): UnitReport[] {
  const cards = graphView(steps, parameters);
  return cards.map((card, place) => {
    const unit = steps[place];
    const { tensor, shape, value } = unit;
    const taken = parameters.filter((parameter) => (tensor.inputs as readonly Tensor[]).includes(parameter.tensor));
    const rule = isInput(tensor) ? undefined : chainRuleOf(tensor);
    const gate = gateOf(tensor.op.name, value, shape);
    return {
      ...factsOf(card, unit),
      op: tensor.op.name,
      inputs: card.inputs,
      parameters: card.parameters.map((own, i) => factsOf(own, taken[i])),
      ...(rule === undefined ? {} : { rule }),
      ...(gate === undefined ? {} : { gate }),
    };
  });
}
