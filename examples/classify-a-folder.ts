/**
 * Your own pictures: one folder for each class. Trains on them, then asks the exported model about every picture again
 * and lists those that it would file elsewhere: mistakes of the model, or of whoever sorted the pictures.
 *
 *     node examples/run.js classify-a-folder path/to/photos
 */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { cnn, imageFolder, predict, train, UsageError } from "argmin";

const [, , photos] = process.argv;
if (photos === undefined)
  throw new UsageError("classify-a-folder", "no folder is given", "name a folder of class folders");

const folder = join(await mkdtemp(join(tmpdir(), "argmin-")), "run");
const data = await imageFolder(photos);
const run = await train({ data, model: cnn({ channels: [8, 16] }), size: 32, epochs: 24, folder });
console.log(`${data.paths.length} pictures of ${run.classes.join(", ")}`);

let right = 0;
for await (const guess of predict(folder, [photos])) {
  if ("error" in guess) console.log(`${guess.path} cannot be read: ${guess.error}`);
  else if (guess.label === basename(dirname(guess.path))) right++;
  else console.log(`${guess.path} looks like ${guess.label} (${(100 * guess.probability).toFixed(0)} %)`);
}
console.log(
  `right ${right} of ${data.paths.length}; test accuracy ${run.test?.accuracy.toFixed(3)}; the run is in ${folder}`,
);
