/** `builtin:shapes` teaches: with the defaults each better model is clearly better. Shortened; `npm run bars` runs it whole. */
import { adam, cnn, linear, type ModelChoice, mlp, shapes, train, vit } from "argmin";
import { expect, test } from "vitest";

test("mlp beats linear by 10 points, and cnn beats mlp by 5", async () => {
  // Fewer pictures and passes: the order of the three shows long before their best.
  const accuracyOf = async (model: ModelChoice) => {
    const run = await train({ data: shapes({ train: 2000, validation: 300, test: 600 }), model, epochs: 3 });
    return run.test!.accuracy;
  };
  const found = {
    linear: await accuracyOf(linear()),
    mlp: await accuracyOf(mlp()),
    cnn: await accuracyOf(cnn()),
  };
  const said = JSON.stringify(found);
  expect(found.linear, said).toBeGreaterThan(0.3);
  expect(found.mlp - found.linear, said).toBeGreaterThanOrEqual(0.1);
  expect(found.cnn - found.mlp, said).toBeGreaterThanOrEqual(0.05);
});

test("a small vision transformer begins to learn", async () => {
  const data = shapes({ train: 1200, validation: 200, test: 400 });
  const model = vit({ dim: 32, depth: 2, heads: 2 });
  const run = await train({ data, model, optimizer: adam({ learningRate: 3e-3 }), epochs: 4 });
  // One in ten is right by chance, with a deviation of 0.015 on 400 pictures.
  expect(run.test!.accuracy).toBeGreaterThan(0.175);
});
