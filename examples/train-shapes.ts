/** Trains a small convolutional network on built-in pictures and keeps its model file. */
import { writeFile } from "node:fs/promises";
import { cnn, shapes, train } from "argmin";

const run = await train({
  data: shapes({ train: 3000, validation: 500, test: 500 }),
  model: cnn({ channels: [8, 16] }),
  epochs: 5,
  seed: 7,
  onEvent: (event) => {
    if (event.type === "start") console.log(`${event.parameters} parameters on ${event.device}`);
    if (event.type === "epoch") console.log(`epoch ${event.epoch}: loss ${event.trainLoss.toFixed(3)}`);
  },
});

const [, , file] = process.argv;
if (file !== undefined) await writeFile(file, run.model);
console.log(`test accuracy ${run.test?.accuracy.toFixed(3)} after ${run.seconds.toFixed(1)} s`);
