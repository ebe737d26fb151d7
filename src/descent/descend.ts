import { gradients } from "../autodiff/index.ts";
import { choose } from "../core/index.ts";
import { graph, input, type NDArray, type Tensor } from "../ir/index.ts";
import { type OptimizerChoice, optimizers } from "../optimizers/index.ts";
import { evaluate } from "../reference/index.ts";
import { type Interpreted, interpreted, mapped } from "./interpret.ts";
import { asArrays, type Numbers } from "./numbers.ts";

export interface DescentOptions<Data extends string> {
  /** A choice with its options: `adagrad({ learningRate: 0.1 })`. */
  readonly optimizer: OptimizerChoice;
  /** Updates to make. */
  readonly steps: number;
  /** What the loss needs beside its parameters: the same at every step, or a batch for each step, which counts from 1. */
  readonly data?: Readonly<Record<Data, Numbers>> | ((step: number) => Readonly<Record<Data, Numbers>>);
}

/** Where the descent stands before an update, and what the update sees there. */
export interface Descended<Parameter extends string> {
  /** Updates made so far. */
  readonly step: number;
  /** The parameters. */
  readonly at: Readonly<Record<Parameter, Interpreted>>;
  /** On the batch of the update that follows, as is the gradient. */
  readonly loss: number;
  readonly gradient: Readonly<Record<Parameter, Interpreted>>;
  /** What the optimizer remembers of each parameter: `memory.squares.w`. */
  readonly memory: Readonly<Record<string, Readonly<Record<Parameter, Interpreted>>>>;
}

/**
 * Follows an optimizer downhill on a function of a few numbers, in float64, and returns every point of the way: the start,
 * then one for each update.
 *
 * @param loss a scalar, made of the parameters and of the data
 * @example
 * const path = descend(({ b }) => mul(0.5, square(sub(b, 1))), { b: -1 }, { optimizer: sgd({ learningRate: 2 }), steps: 3 });
 * path.map(({ at }) => at.b.value); // -1, 3, -1, 3
 * @throws UsageError when the loss is not a scalar
 */
export function descend<Parameter extends string, Data extends string = never>(
  loss: (at: Record<Parameter, Tensor>, data: Record<Data, Tensor>) => Tensor,
  start: Readonly<Record<Parameter, Numbers>>,
  { optimizer, steps, data = {} as Record<Data, Numbers> }: DescentOptions<Data>,
): Descended<Parameter>[] {
  const unit = choose("optimizer", optimizers, optimizer.name);
  const options = { ...unit.defaults, ...optimizer.options };
  const batchOf = typeof data === "function" ? data : () => data;
  const rate = options.learningRate;
  let parameters: Record<string, NDArray> = asArrays(start);
  const names = Object.keys(parameters) as Parameter[];
  const facts = (name: string) => ({ shape: parameters[name].shape, role: "weight" as const });
  let slots: Record<string, NDArray> = Object.fromEntries(
    names.flatMap((name) =>
      unit.slots(options, facts(name)).map((slot) => {
        const filled = new Float64Array(parameters[name].data.length).fill(unit.initialSlot?.(options, slot) ?? 0);
        return [`${slot} of ${name}`, { shape: parameters[name].shape, data: filled }] as const;
      }),
    ),
  );

  const traced = new Map<string, ReturnType<typeof trace>>();
  const trace = (batch: Readonly<Record<string, NDArray>>) => {
    const inputs = mapped({ ...parameters, ...batch }, ({ shape }) => shape);
    const tensors: Record<string, Tensor> = {};
    for (const [name, shape] of Object.entries(inputs)) tensors[name] = input(name, shape) as Tensor;
    const value = loss(tensors as Record<Parameter, Tensor>, tensors as Record<Data, Tensor>);
    const slopes = gradients(
      value,
      names.map((name) => tensors[name]),
    );
    const scalars = mapped(unit.scalars(options, rate, 1), () => 0);
    for (const name of Object.keys(scalars)) tensors[`scalar ${name}`] = input(`scalar ${name}`, []) as Tensor;
    const outputs: Record<string, Tensor> = { loss: value };
    for (const [i, name] of names.entries()) {
      const own = unit.slots(options, facts(name));
      const memory = own.map((slot) => [slot, input(`${slot} of ${name}`, parameters[name].shape) as Tensor]);
      const next = unit.update({
        parameter: tensors[name],
        role: "weight",
        gradient: slopes[i],
        slots: Object.fromEntries(memory),
        scalars: Object.fromEntries(Object.keys(scalars).map((key) => [key, tensors[`scalar ${key}`]])),
      });
      outputs[`gradient ${name}`] = slopes[i];
      outputs[`next ${name}`] = next.parameter;
      for (const slot of own) outputs[`next ${slot} of ${name}`] = next.slots[slot];
    }
    return graph(outputs);
  };

  const path: Descended<Parameter>[] = [];
  for (let step = 0; step <= steps; step++) {
    const batch = asArrays(batchOf(step + 1));
    const key = JSON.stringify(mapped(batch, ({ shape }) => shape));
    const known = traced.get(key) ?? trace(batch);
    traced.set(key, known);
    const numbers = asArrays(unit.scalars(options, rate, step + 1));
    const scalars = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [`scalar ${name}`, value]));
    const found = evaluate(known, { ...parameters, ...slots, ...batch, ...scalars });
    path.push({
      step,
      at: mapped(parameters, interpreted) as Record<Parameter, Interpreted>,
      loss: found.loss.data[0],
      gradient: picked(names, (name) => found[`gradient ${name}`]),
      memory: Object.fromEntries(
        [...new Set(names.flatMap((name) => unit.slots(options, facts(name))))].map((slot) => [
          slot,
          picked(names, (name) => slots[`${slot} of ${name}`]),
        ]),
      ),
    });
    const next = (values: Readonly<Record<string, NDArray>>) =>
      Object.fromEntries(Object.keys(values).map((name) => [name, found[`next ${name}`]]));
    [parameters, slots] = [next(parameters), next(slots)];
  }
  return path;
}

const picked = <Name extends string>(names: readonly Name[], of: (name: Name) => NDArray) =>
  Object.fromEntries(names.map((name) => [name, interpreted(of(name))])) as Record<Name, Interpreted>;
