/** PyTorch's optimizers, step by step, on stored gradients in float64. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/index.ts";
import { constant, graph, input, type NDArray, type Tensor } from "../../src/ir/index.ts";
import * as o from "../../src/ops/index.ts";
import { type Optimizer, optimizers } from "../../src/optimizers/index.ts";
import { evaluate } from "../../src/reference/index.ts";
import { regularizers } from "../../src/regularizers/index.ts";
import { difference } from "../conformance/native.ts";
import { found, golden, sayWhenMissing, type Trajectory } from "./golden.ts";

sayWhenMissing();

/** How a configuration of PyTorch's optimizer is said here. */
interface Counterpart {
  readonly unit: keyof typeof optimizers;
  readonly options?: (cfg: Trajectory["cfg"]) => Record<string, unknown>;
  /** The learning rate of a step, counted from 1. */
  readonly rate?: (cfg: Trajectory["cfg"], step: number) => number;
}

const trajectories: Record<string, Counterpart> = {
  sgd: { unit: "sgd" },
  sgd_mom: { unit: "momentum", options: ({ momentum }) => ({ momentum }) },
  sgd_wd: { unit: "momentum", options: ({ momentum }) => ({ momentum }) },
  adam: { unit: "adam" },
  adam_wd_l2: { unit: "adam" },
  adam_b: {
    unit: "adam",
    options: ({ betas, eps }) => {
      const [beta1, beta2] = betas as unknown as number[];
      return { beta1, beta2, epsilon: eps };
    },
  },
  adagrad: { unit: "adagrad" },
  adagrad_decay: {
    unit: "adagrad",
    options: ({ initial_accumulator_value }) => ({ initialAccumulator: initial_accumulator_value }),
    rate: ({ lr, lr_decay }, step) => lr / (1 + (step - 1) * lr_decay),
  },
  rmsprop: { unit: "rmsprop", options: () => ({ decay: 0.99, epsilon: 1e-8 }) },
  sgd_nesterov: { unit: "nesterov", options: ({ momentum }) => ({ momentum }) },
  adamax: { unit: "adamax" },
};

const withoutOptimizer: Record<string, string> = {
  sgd_mom_damp: "no dampening",
  adam_amsgrad: "no AMSGrad",
  adamw: "no decoupled weight decay",
  rmsprop_centered_mom: "RMSProp neither centred nor with momentum",
  nadam: "no such optimizer",
  radam: "no such optimizer",
  adadelta: "no such optimizer",
  rprop: "no such optimizer",
};

/** Replays the stored gradients through our update rule; a weight decay is our l2 of half the strength. */
function replay(row: Trajectory, { unit, options, rate }: Counterpart): number[][] {
  const optimizer: Optimizer = optimizers[unit];
  const settings = { ...optimizer.defaults, ...options?.(row.cfg) };
  const shape = [row.x0.length];
  const parameter = input("x", shape);
  const slots = optimizer.slots(settings, { shape, role: "weight" });
  const given = input("g", shape) as Tensor;
  const decay = row.cfg.weight_decay;
  const pull = gradients(regularizers.l2.penalty?.(parameter as Tensor, { l2: constant(1) }) as Tensor, [
    parameter as Tensor,
  ])[0];
  const gradient = decay ? o.add(given, o.mul(pull, decay / 2)) : given;
  const scalarsAt = (step: number) => optimizer.scalars(settings, rate ? rate(row.cfg, step) : row.cfg.lr, step);
  const next = optimizer.update({
    parameter: parameter as Tensor,
    role: "weight",
    gradient,
    slots: Object.fromEntries(slots.map((slot) => [slot, input(slot, shape) as Tensor])),
    scalars: Object.fromEntries(Object.keys(scalarsAt(1)).map((name) => [name, input(`scalar ${name}`, []) as Tensor])),
  });
  const traced = graph({ x: next.parameter, ...next.slots });
  let state: Record<string, NDArray> = { x: { shape, data: Float64Array.from(row.x0) } };
  for (const slot of slots) {
    const start = optimizer.initialSlot?.(settings, slot) ?? 0;
    state[slot] = { shape, data: new Float64Array(shape[0]).fill(start) };
  }
  return row.grads.map((g, i) => {
    const scalars = Object.entries(scalarsAt(i + 1)).map(([name, value]) => [
      `scalar ${name}`,
      { shape: [], data: Float64Array.of(value) },
    ]);
    state = evaluate(traced, { ...state, g: { shape, data: Float64Array.from(g) }, ...Object.fromEntries(scalars) });
    return [...state.x.data];
  });
}

describe(`PyTorch ${golden.torch}: optimizers`, () => {
  test.skipIf(!found)("every row is covered or listed with a reason", () => {
    const known = [...Object.keys(trajectories), ...Object.keys(withoutOptimizer)];
    expect(known.sort()).toEqual(golden.optim.map(({ name }) => name).sort());
  });
  const covered = golden.optim.filter(({ name }) => trajectories[name]);
  test.each(covered.map((row): [string, Trajectory] => [row.name, row]))("%s", (name, row) => {
    const flat = (xs: number[][]) => ({ shape: [xs.flat().length], data: Float64Array.from(xs.flat()) });
    expect(difference(flat(replay(row, trajectories[name])), flat(row.xs), 1e-9)).toBeUndefined();
  });
  test.skip.each(Object.entries(withoutOptimizer))("%s: %s", () => {});
});
