/**
 * Draws docs/explain.jpg, test pictures of `builtin:shapes` with what the ways to explain say of each, and docs/explain-graph.svg, the
 * network with the numbers of one of them.
 *
 *   npx argmin train builtin:shapes --epochs 3 --name shapes-cnn
 *   npm run --silent build && node docs/explain-picture.js runs/shapes-cnn
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";

const { enlarged, heatLayer, methods, overlay, WHOLE } = await import("../dist/explain/index.js");
const { heldOut } = await import("../dist/experiment/node/export/golden.js");
const { openRun } = await import("../dist/experiment/node/export/open-run.js");
const { explain, heatOfPictures } = await import("../dist/experiment/node/explain/index.js");

const WANTED = ["ring", "star", "cross", "dots"];
const TIMES = 4;
const GAP = 6;

const run = await openRun(process.argv[2]);
const { source, indices } = await heldOut(run, undefined);
const chosen = WANTED.map((name) => indices.test.find((index) => source.classes[source.labels[index]] === name));
const pictures = await Promise.all(chosen.map((index) => source.read(index)));
const [{ height, width, channels }] = pictures;
const block = { height, width, channels, pixels: Buffer.concat(pictures.map(({ pixels }) => pixels)) };
const columns = [pictures.map((picture) => enlarged(picture, TIMES))];
for (const method of Object.keys(methods)) {
  const classes = chosen.map((index) => source.labels[index]);
  const { maps } = await heatOfPictures(run.recipe, run.weights, block, classes, { method });
  const lying = { scale: WHOLE.scale.map((scale) => scale / TIMES), offset: WHOLE.offset };
  columns.push(columns[0].map((large, i) => overlay(large, heatLayer(maps[i], large, { height, width }, lying))));
}
const cell = { height: TIMES * height, width: TIMES * width };
const whole = {
  height: WANTED.length * (cell.height + GAP) - GAP,
  width: columns.length * (cell.width + GAP) - GAP,
  channels: 3,
};
const pixels = new Uint8Array(3 * whole.height * whole.width).fill(255);
columns.forEach((column, c) => {
  column.forEach((picture, r) => {
    for (let y = 0; y < cell.height; y++) {
      const to = 3 * ((r * (cell.height + GAP) + y) * whole.width + c * (cell.width + GAP));
      pixels.set(picture.pixels.subarray(3 * y * cell.width, 3 * (y + 1) * cell.width), to);
    }
  });
});
await sharp(pixels, { raw: whole })
  .jpeg({ quality: 88 })
  .toFile(fileURLToPath(new URL("explain.jpg", import.meta.url)));

const folder = mkdtempSync(join(tmpdir(), "argmin-"));
const star = join(folder, "star.png");
await sharp(pictures[1].pixels, { raw: { height, width, channels } }).png().toFile(star);
const { graph } = await explain(process.argv[2], star, { graph: true });
writeFileSync(fileURLToPath(new URL("explain-graph.svg", import.meta.url)), graph);
rmSync(folder, { recursive: true });
