/** How steps are prepared. */
import { expect, test } from "vitest";
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
