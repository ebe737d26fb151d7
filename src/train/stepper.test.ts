/** How steps are prepared. */
import { describe, expect, test } from "vitest";
import { planOf, recipe } from "../../test/tiny.ts";
import { mlp } from "../models/index.ts";
import { momentum } from "../optimizers/index.ts";
import type { Places, Runtime } from "../runtime/index.ts";
import { loadNative } from "../runtime/node/index.ts";
import { Scalars } from "./state.ts";
import { createStepper } from "./stepper.ts";

test("a part of the state that grows is begun with in the memory that it gets", async () => {
  const native = (await loadNative({ threads: 1 })) as Runtime;
  const bound: Places[] = [];
  const runtime: Runtime = {
    ...native,
    async createSession(model, options) {
      const session = await native.createSession(model, options);
      return {
        ...session,
        bind(feeds, outputs) {
          bound.push(outputs);
          return session.bind(feeds, outputs);
        },
      };
    },
  };
  const scalars = new Scalars();
  scalars.set("scalar.learningRate", 0.1);
  scalars.set("scalar.momentum", 0.9);
  const model = mlp({ hidden: [256, 256] });
  await createStepper(planOf({ recipe: { ...recipe, model, optimizer: momentum() } }), runtime, scalars);
  expect(bound.length).toBeGreaterThan(0);
  for (const outputs of bound) {
    for (const name of ["hidden2.weight", "velocity of hidden2.weight"]) {
      expect(outputs[`next ${name} begun`]).toBeDefined();
      expect(outputs[`next ${name} begun`]).toBe(outputs[`next ${name}`]);
    }
  }
});

describe("a large velocity", () => {
  /** Steps of a network whose second layer has more weights than caches hold, with batches of 8 and a last one of 4. */
  async function stepperOn(runtime: Runtime) {
    const scalars = new Scalars();
    scalars.set("scalar.learningRate", 0.01);
    scalars.set("scalar.momentum", 0.9);
    const plan = planOf({ recipe: { ...recipe, model: mlp({ hidden: [2064, 2048] }), optimizer: momentum() } });
    const stepper = await createStepper(plan, runtime, scalars);
    const epoch = async () => {
      const losses: number[] = [];
      for (let i = 0; i < stepper.stepsPerEpoch; i++) losses.push((await stepper.step(plan.train, i))!.loss);
      return losses;
    };
    return { stepper, epoch };
  }

  test("is there once, and training is put back and repeated to the last bit", async () => {
    const native = (await loadNative({ threads: 1 })) as Runtime;
    const { stepper, epoch } = await stepperOn(native);
    const { state } = stepper;
    const [name, other] = ["velocity of hidden2.weight", "hidden2.weight"];
    const isOnce = (part: string) => state.front(0)[part] === state.back(0)[part];
    expect([name, other].map(isOnce)).toEqual([true, false]);
    await epoch();
    const before = await state.snapshot();
    const losses = await epoch();
    const after = await state.snapshot();
    expect(after[name].some((value, i) => value !== before[name][i])).toBe(true);
    state.restore(before);
    expect(await epoch()).toEqual(losses);
    const again = await state.snapshot();
    for (const [key, values] of Object.entries(after)) {
      expect(values.every((value, i) => value === again[key][i])).toBe(true);
    }
  });

  test("is there twice where one of the sessions takes the standard operators, and comes to the same", async () => {
    const native = (await loadNative({ threads: 1 })) as Runtime;
    let opened = 0;
    const { stepper, epoch } = await stepperOn({
      ...native,
      async createSession(model, options) {
        if (opened++ === 0) throw new Error("refused once");
        return native.createSession(model, options);
      },
    });
    const { state } = stepper;
    const name = "velocity of hidden2.weight";
    expect(state.front(0)[name] === state.back(0)[name]).toBe(false);
    const all = await stepperOn(native);
    const [losses, others] = [await epoch(), await all.epoch()];
    losses.forEach((loss, i) => {
      expect(loss).toBeCloseTo(others[i], 4);
    });
  });
});
