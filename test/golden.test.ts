/**
 * The training step of each model, printed: forward, loss, backward and update as one graph. A change of these files is
 * a change of what is computed: review it line by line. `npx vitest run --project fast test/golden.test.ts -u` rewrites.
 */
import { expect, test } from "vitest";
import { print, verify } from "../src/ir/index.ts";
import { crossEntropy, hinge } from "../src/losses/index.ts";
import { cnn, fastnet, linear, mlp, resnet, vit } from "../src/models/index.ts";
import { adam, momentum, sgd } from "../src/optimizers/index.ts";
import { l2 } from "../src/regularizers/index.ts";
import type { Recipe } from "../src/train/recipe.ts";
import { stepGraph } from "../src/train/step-graph.ts";

const grey = { height: 4, width: 4, channels: 1, normalization: { mean: [0.5], deviation: [0.25] } } as const;
const colour = {
  height: 8,
  width: 8,
  channels: 3,
  normalization: { mean: [0.5, 0.4, 0.3], deviation: [0.25, 0.2, 0.1] },
} as const;

const recipes: Record<string, Recipe> = {
  linear: { ...grey, model: linear(), loss: hinge(), regularizers: [l2()], optimizer: sgd(), classes: 3 },
  mlp: { ...grey, model: mlp({ hidden: [8] }), loss: crossEntropy(), regularizers: [], optimizer: adam(), classes: 3 },
  cnn: {
    ...colour,
    model: cnn({ channels: [2, 3] }),
    loss: crossEntropy(),
    regularizers: [],
    optimizer: momentum(),
    classes: 3,
  },
  resnet: {
    ...colour,
    model: resnet({ depth: 8, width: 2 }),
    loss: crossEntropy(),
    regularizers: [l2()],
    optimizer: momentum(),
    classes: 3,
  },
  fastnet: {
    ...colour,
    model: fastnet({ width: 4 }),
    loss: crossEntropy(),
    regularizers: [],
    optimizer: adam(),
    classes: 3,
  },
  vit: {
    ...grey,
    model: vit({ patch: 2, dim: 4, depth: 1, heads: 2 }),
    loss: crossEntropy(),
    regularizers: [],
    optimizer: sgd(),
    classes: 3,
  },
};

test.each(Object.entries(recipes))("the step of %s", async (name, recipe) => {
  const step = stepGraph(recipe, 2);
  verify(step);
  await expect(`${print(step)}\n`).toMatchFileSnapshot(`golden/${name}.txt`);
});
