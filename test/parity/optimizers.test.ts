/** PyTorch's optimizers, step by step, on stored gradients: in float64, and in float32 on ONNX Runtime. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/index.ts";
import { constant, type Graph, graph, input, type NDArray, type Tensor } from "../../src/ir/index.ts";
import * as o from "../../src/ops/index.ts";
import { type OptimizerName, optimizers } from "../../src/optimizers/index.ts";
import { evaluate } from "../../src/reference/index.ts";
import { regularizers } from "../../src/regularizers/index.ts";
import { difference, runNative } from "../conformance/native.ts";
import { filled, type Settled, settled, slotsOf, startOf } from "../conformance/update.ts";
import { found, golden, sayWhenMissing, type Trajectory } from "./golden.ts";

sayWhenMissing();

type Scalars = Readonly<Record<string, number>>;

/** How a configuration of PyTorch's optimizer is said here. */
interface Counterpart {
  readonly unit: OptimizerName;
  readonly options?: (cfg: Trajectory["cfg"]) => Record<string, unknown>;
  /** The learning rate of a step, counted from 1. */
  readonly rate?: (cfg: Trajectory["cfg"], step: number) => number;
  /** What PyTorch's scalars are where it deviates from what it says itself. */
  readonly mistaken?: (scalars: Scalars, of: Settled, step: number) => Scalars;
}

/** μₜ of NAdam with PyTorch's defaults. */
const momentumAt = (step: number) => 0.9 * (1 - 0.5 * 0.96 ** (step * 4e-3));
const productTo = (step: number) => Array.from({ length: step }, (_, i) => momentumAt(i + 1)).reduce((a, b) => a * b);

const trajectories: Record<string, Counterpart> = {
  sgd: { unit: "sgd" },
  sgd_mom: { unit: "momentum", options: ({ momentum }) => ({ momentum }) },
  sgd_mom_damp: { unit: "momentum", options: ({ momentum, dampening }) => ({ momentum, dampening }) },
  sgd_nesterov: { unit: "nesterov", options: ({ momentum }) => ({ momentum }) },
  sgd_wd: { unit: "momentum", options: ({ momentum }) => ({ momentum }) },
  adam: { unit: "adam" },
  adam_wd_l2: { unit: "adam" },
  adam_amsgrad: { unit: "adam", options: () => ({ amsgrad: true }) },
  adam_b: {
    unit: "adam",
    options: ({ betas, eps }) => {
      const [beta1, beta2] = betas as unknown as number[];
      return { beta1, beta2, epsilon: eps };
    },
  },
  adamw: { unit: "adamw", options: ({ weight_decay }) => ({ weightDecay: weight_decay }) },
  nadam: {
    unit: "nadam",
    // 1.13 has 1 − Π μᵢ · μₜ · μₜ₊₁ where its documentation, and 1.13's own multi-tensor form, have 1 − Π μᵢ · μₜ₊₁.
    mistaken: (scalars, _, step) => {
      const right = 1 - productTo(step + 1);
      const wrong = 1 - productTo(step + 1) * momentumAt(step);
      return { ...scalars, ofVelocity: (scalars.ofVelocity! * right) / wrong };
    },
  },
  radam: { unit: "radam" },
  adamax: { unit: "adamax" },
  adagrad: { unit: "adagrad" },
  adagrad_decay: {
    unit: "adagrad",
    options: ({ initial_accumulator_value }) => ({ initialAccumulator: initial_accumulator_value }),
    rate: ({ lr, lr_decay }, step) => lr! / (1 + (step - 1) * lr_decay!),
  },
  adadelta: { unit: "adadelta" },
  rmsprop: { unit: "rmsprop" },
  rmsprop_centered_mom: {
    unit: "rmsprop",
    options: ({ alpha, centered, momentum }) => ({ decay: alpha, centered, momentum }),
  },
  // Bounds of 1e-6 and 50 at a rate of 0.01.
  rprop: { unit: "rprop" },
};

/** All the steps of a trajectory as one graph: inputs x, slots, `g t` and `scalar t`, outputs `x t`. */
function unrolled(of: Settled, steps: number, scalarNames: readonly string[], weightDecay: number): Graph {
  const shape = [4];
  const outputs: Record<string, Tensor> = {};
  let parameter = input("x", shape) as Tensor;
  let slots = Object.fromEntries(
    slotsOf(of, { shape, role: "weight" }).map((slot) => [slot, input(slot, shape) as Tensor]),
  );
  for (let t = 1; t <= steps; t++) {
    const given = input(`g ${t}`, shape) as Tensor;
    // A weight decay that is not decoupled is our l2 of half the strength.
    const l2 = regularizers.l2.penalty!(parameter, { l2: constant(weightDecay / 2) });
    const next = of.unit.update({
      parameter,
      role: "weight",
      gradient: weightDecay === 0 ? given : o.add(given, gradients(l2, [parameter])[0]!),
      slots,
      scalars: Object.fromEntries(scalarNames.map((name) => [name, input(`${name} ${t}`, []) as Tensor])),
    });
    ({ parameter, slots } = next);
    outputs[`x ${t}`] = parameter;
  }
  return graph(outputs);
}

/** A stored trajectory, ready to be replayed by our rule. */
function replay(row: Trajectory, { unit, options, rate, mistaken }: Counterpart) {
  const of = settled(optimizers[unit], options?.(row.cfg));
  const scalars = row.grads.map((_, i) => {
    const own = of.unit.scalars(of.options, rate ? rate(row.cfg, i + 1) : row.cfg.lr!, i + 1);
    return mistaken ? mistaken(own, of, i + 1) : own;
  });
  const coupled = unit === "adamw" ? 0 : (row.cfg.weight_decay ?? 0);
  const vector = (values: readonly number[]) => ({ shape: [values.length], data: Float64Array.from(values) });
  const feeds: Record<string, NDArray> = { ...startOf(of, vector(row.x0), "weight") };
  row.grads.forEach((g, i) => {
    feeds[`g ${i + 1}`] = vector(g);
    for (const [name, value] of Object.entries(scalars[i]!)) feeds[`${name} ${i + 1}`] = filled([], value);
  });
  return { graph: unrolled(of, row.grads.length, Object.keys(scalars[0]!), coupled), feeds };
}

/** The positions after every step, one after the other. */
const positions = (results: Readonly<Record<string, NDArray>>, steps: number): NDArray => {
  const data = Array.from({ length: steps }, (_, i) => [...results[`x ${i + 1}`]!.data]).flat();
  return { shape: [data.length], data: Float64Array.from(data) };
};
const stored = (xs: readonly number[][]) => ({ shape: [xs.flat().length], data: Float64Array.from(xs.flat()) });

describe(`PyTorch ${golden.torch}: optimizers`, () => {
  test.skipIf(!found)("every row is covered", () => {
    expect(Object.keys(trajectories).sort()).toEqual(golden.optim.map(({ name }) => name).sort());
    expect(golden.optim).toHaveLength(19);
  });

  describe.each(golden.optim.map((row): [string, Trajectory] => [row.name, row]))("%s", (name, row) => {
    test("in float64", () => {
      const { graph: steps, feeds } = replay(row, trajectories[name]!);
      expect(difference(positions(evaluate(steps, feeds), row.xs.length), stored(row.xs), 1e-9)).toBeUndefined();
    });

    test("in float32 on ONNX Runtime", async () => {
      const { graph: steps, feeds } = replay(row, trajectories[name]!);
      const actual = positions(await runNative(steps, feeds), row.xs.length);
      expect(difference(actual, stored(row.xs), 1e-5)).toBeUndefined();
    });
  });

  test.skipIf(!found)(
    "nadam counts μₜ once, as PyTorch's multi-tensor form does and 1.13's default form does not",
    () => {
      const row = golden.optim.find(({ name }) => name === "nadam")!;
      const { graph: steps, feeds } = replay(row, { unit: "nadam" });
      const ours = [...evaluate(steps, feeds)["x 20"]!.data];
      // torch.optim.NAdam(lr=0.05, foreach=True) after the 20 gradients, PyTorch 1.13 in float64.
      const multiTensor = [-0.08942514730273626, 0.5148713493464129, -2.2337845434354917, 0.3645940029357082];
      ours.forEach((value, i) => {
        expect(value).toBeCloseTo(multiTensor[i]!, 12);
      });
      expect(Math.abs(ours[0]! - row.xs[19]![0]!)).toBeGreaterThan(1e-4);
    },
  );
});
