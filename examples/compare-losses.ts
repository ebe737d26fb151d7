/** One linear classifier, four opinions on what a mistake costs. The pictures, the seed and the first weights are the same. */
import { crossEntropy, hinge, linear, mse, shapes, squaredHinge, train } from "argmin";

const data = shapes({ train: 2000, validation: 400, test: 1000 });
const losses = [crossEntropy(), hinge(), squaredHinge(), mse()];

console.log("loss            first   last   test accuracy");
for (const loss of losses) {
  let first = Number.NaN;
  const run = await train({
    data,
    model: linear(),
    loss,
    epochs: 4,
    onEvent: (event) => {
      if (event.type === "initial") first = event.loss;
    },
  });
  const last = run.history.at(-1)?.trainLoss ?? Number.NaN;
  const numbers = `${first.toFixed(2).padStart(6)} ${last.toFixed(2).padStart(6)}`;
  console.log(`${loss.name.padEnd(14)} ${numbers}   ${run.test?.accuracy.toFixed(3)}`);
}
