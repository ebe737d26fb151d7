/**
 * Wrong options are compile errors. `npm run check` reads this file: where the compiler would let one of the marked lines
 * pass, the mark itself is the error. Nothing here is run.
 */
import {
  adam,
  cnn,
  cosine,
  crossEntropy,
  evaluate,
  gradientDescent,
  hinge,
  imageFolder,
  l2,
  linear,
  mlp,
  momentum,
  predict,
  type Run,
  shapes,
  train,
} from "argmin";
import { compile, gradients, mean, mul, square } from "argmin/graph";

/** What is right compiles: the example of the documentation. */
export async function right(): Promise<number | undefined> {
  const data = await imageFolder("photos/");
  const run = await train({
    data,
    model: cnn({ channels: [32, 64] }),
    loss: hinge(),
    regularizer: l2(1e-4),
    optimizer: momentum({ learningRate: cosine(0.1) }),
    epochs: 10,
    seed: 7,
  });
  return run.test?.accuracy;
}

export function options(): void {
  // @ts-expect-error there is nothing to train on without data
  train({ epochs: 10 });
  // @ts-expect-error the option is called epochs
  train({ data: "photos", epoch: 10 });
  // @ts-expect-error a number, not its text
  train({ data: "photos", epochs: "10" });
  // @ts-expect-error one of cpu, wasm and auto
  train({ data: "photos", device: "gpu" });
  // @ts-expect-error a source, not pixels
  train({ data: new Uint8Array(100) });
  // @ts-expect-error models are values with their options, not names
  train({ data: "photos", model: "cnn" });
}

export function kinds(): void {
  // @ts-expect-error an optimizer is no loss
  train({ data: "photos", loss: momentum() });
  // @ts-expect-error a loss is no optimizer
  train({ data: "photos", optimizer: crossEntropy() });
  // @ts-expect-error a model is no regularizer
  train({ data: "photos", regularizer: linear() });
  // @ts-expect-error a schedule is given to an optimizer as its learning rate
  train({ data: "photos", optimizer: cosine(0.1) });
  // @ts-expect-error of several penalties each has to be one
  train({ data: "photos", regularizer: [l2(1e-4), hinge()] });
}

export function units(): void {
  // @ts-expect-error the linear classifier has no hidden units
  linear({ hidden: [512] });
  // @ts-expect-error a list of layers, even of one
  mlp({ hidden: 512 });
  // @ts-expect-error relu, or another that there is
  mlp({ activation: "rely" });
  // @ts-expect-error the filters of a cnn are its channels
  cnn({ filters: [32, 64] });
  // @ts-expect-error the option is called momentum
  momentum({ beta: 0.9 });
  // @ts-expect-error adam has beta1 and beta2 instead
  adam({ momentum: 0.9 });
  // @ts-expect-error gradient descent sees all pictures at once and has no batch
  gradientDescent({ batchSize: 64 });
  // @ts-expect-error the margin is a number
  hinge({ margin: "1" });
  // @ts-expect-error λ is a number
  l2("1e-4");
  // @ts-expect-error the final factor is called final
  cosine(0.1, { end: 0 });
  // @ts-expect-error shapes are described by numbers
  shapes({ train: "many" });
}

export function results(run: Run): void {
  // @ts-expect-error there may be no test pictures, so test may be null
  run.test.accuracy;
  // @ts-expect-error a run is a record of what happened and is not written to
  run.weightsHash = "";
}

export async function judging(): Promise<void> {
  // @ts-expect-error which model is judged by which data
  await evaluate("runs/photos-cnn");
  // @ts-expect-error a list of paths
  predict("model.onnx", "cat.jpg");
}

export async function graphs(): Promise<void> {
  const step = compile(({ w, x }) => {
    const loss = mean(square(mul(w, x)));
    // @ts-expect-error a derivative by something, not by the name of it
    gradients(loss, { w: "w" });
    return { loss, ...gradients(loss, { w }) };
  });
  // @ts-expect-error numbers, not their text
  await step({ w: 1, x: "1" });
  const result = await step({ w: 1, x: [1, 2] });
  // @ts-expect-error the output is called loss
  result.los.value;
}
