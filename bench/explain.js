/**
 * How much of what a network goes by lies where a method points: the places that speak most for the predicted class are painted
 * over with the mean colour of the training pictures, and the network is asked again. The lower the probability that is left, the
 * better the method points (pixel flipping, Samek et al. 2017). Beside the methods: places drawn at random, as squares.
 *
 *   npm run --silent build && node bench/explain.js runs/photos-cnn        200 test pictures, 5, 10 and 20 % of their pixels
 *   npm run --silent build && node bench/explain.js runs/photos-cnn 500    more of them
 *
 * Prints one JSON line a method: the mean probability of the class that was predicted, and the share of pictures that keep it.
 */
const SHARES = [0.05, 0.1, 0.2];
const BATCH = 40;
const SQUARE = 8;

const { Random, sizeOf } = await import("../dist/core/index.js");
const { heatOf, methodFor, methods, onto, WHOLE } = await import("../dist/explain/index.js");
const { openRun } = await import("../dist/experiment/node/export/open-run.js");
const { heldOut } = await import("../dist/experiment/node/export/golden.js");
const { geometryOf } = await import("../dist/experiment/geometry.js");
const { probabilities } = await import("../dist/metrics/index.js");
const { geometryModel } = await import("../dist/preprocess/index.js");
const { openRuntime } = await import("../dist/runtime/node/index.js");
const { network } = await import("../dist/train/index.js");

const [path, most = "200"] = process.argv.slice(2);
if (path === undefined) throw new Error("name a run: node bench/explain.js runs/photos-cnn");
const run = await openRun(path);
const { recipe, facts } = run;
const { height, width, channels, normalization } = recipe;
const runtime = await openRuntime("auto");
const traced = network(recipe, BATCH);

/** Sessions are made once for each method. */
const sessions = new Map();
const withSession = (name) => async (model, feeds) => {
  const session = sessions.get(name) ?? (await runtime.createSession(model));
  sessions.set(name, session);
  return await session.run(feeds);
};
const heat = (pixels, classes, name) => heatOf(traced, run.weights, pixels, classes, withSession(name), name);

/** Pictures of the network's size, in whole batches. */
async function pictures() {
  const { source, indices } = await heldOut(run, undefined);
  const session = await runtime.createSession(geometryModel({ ...recipe, fit: facts.fit }));
  const resized = geometryOf(session);
  const chosen = indices.test.slice(0, Math.floor(Math.min(Number(most), indices.test.length) / BATCH) * BATCH);
  const rows = [];
  for (const index of chosen) rows.push(await resized(await source.read(index)));
  return rows;
}

const size = sizeOf([height, width]);
const mean = normalization.mean.map((value) => Math.round(255 * value));

/** The places of a picture, from the one that speaks most to the one that speaks least. */
const ordered = (values) => Int32Array.from(values, (_, i) => i).sort((a, b) => values[b] - values[a]);

/** Numbers that are alike in squares, as those of a coarse map are. */
function drawn(random) {
  const [rows, columns] = [height, width].map((side) => Math.ceil(side / SQUARE));
  const map = {
    height: rows,
    width: columns,
    values: Float32Array.from({ length: rows * columns }, () => random.uniform()),
  };
  return onto(map, { height, width }, { height, width }, WHOLE);
}

function painted(row, order, share) {
  const out = Uint8Array.from(row);
  for (const place of order.subarray(0, Math.round(share * size))) out.set(mean, place * channels);
  return out;
}

const rows = await pictures();
const random = new Random(1, "explain");
const names = [...Object.keys(methods), "random"];
const left = new Map(names.map((name) => [name, SHARES.map(() => ({ probability: 0, kept: 0 }))]));
let before = 0;
for (let from = 0; from < rows.length; from += BATCH) {
  const batch = rows.slice(from, from + BATCH);
  const ask = async (block) => {
    const { scores } = await heat(
      Buffer.concat(block),
      block.map(() => 0),
      methodFor(traced).name,
    );
    return probabilities(scores, recipe.classes, facts.temperature);
  };
  const best = (p, i) => {
    const own = p.subarray(i * recipe.classes, (i + 1) * recipe.classes);
    return own.indexOf(Math.max(...own));
  };
  const first = await ask(batch);
  const predicted = batch.map((_, i) => best(first, i));
  predicted.forEach((c, i) => {
    before += first[i * recipe.classes + c];
  });
  for (const name of names) {
    const maps = name === "random" ? undefined : (await heat(Buffer.concat(batch), predicted, name)).maps;
    const orders = batch.map((_, i) => ordered(maps ? onto(maps[i], recipe, recipe, WHOLE) : drawn(random)));
    for (const [s, share] of SHARES.entries()) {
      const after = await ask(batch.map((row, i) => painted(row, orders[i], share)));
      predicted.forEach((c, i) => {
        left.get(name)[s].probability += after[i * recipe.classes + c];
        left.get(name)[s].kept += best(after, i) === c ? 1 : 0;
      });
    }
  }
}
const rounded = (value) => Number((value / rows.length).toFixed(3));
console.log(JSON.stringify({ run: path, pictures: rows.length, probability: rounded(before) }));
for (const [name, sums] of left) {
  const table = Object.fromEntries(
    sums.map(({ probability, kept }, s) => [
      `${100 * SHARES[s]} %`,
      { probability: rounded(probability), kept: rounded(kept) },
    ]),
  );
  console.log(JSON.stringify({ method: name, ...table }));
}
