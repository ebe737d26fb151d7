/** The models, batches and numbers of steps of ../../../shared/peers/torch_step.py, for peers in JavaScript. */
export const models = {
  linear: { sizes: [784, 10], batch: 64, steps: 60 },
  mlp: { sizes: [784, 512, 256, 10], batch: 128, steps: 20 },
  cnn: { batch: 64, steps: 4 },
  mlp100m: { sizes: [3072, 8192, 8192, 1024, 10], batch: 128, steps: 2 },
};

const draw = (random, count, scale) => Float32Array.from({ length: count }, () => (2 * random() - 1) * scale);

/** The first parameters, uniform within 1 / √(numbers that a unit adds up). */
export function parametersOf(name, random = Math.random) {
  const layer = (shape, fanIn) => [
    {
      shape,
      data: draw(
        random,
        shape.reduce((a, b) => a * b),
        1 / Math.sqrt(fanIn),
      ),
    },
    {
      shape: [shape.length === 4 ? shape[0] : shape.at(-1)],
      data: draw(random, shape.length === 4 ? shape[0] : shape.at(-1), 1 / Math.sqrt(fanIn)),
    },
  ];
  const { sizes } = models[name];
  if (sizes) return sizes.slice(1).flatMap((size, i) => layer([sizes[i], size], sizes[i]));
  return [...layer([32, 3, 3, 3], 27), ...layer([64, 32, 3, 3], 288), ...layer([64 * 8 * 8, 10], 4096)];
}

/** A batch of random pictures and labels. */
export function batchOf(name, random = Math.random) {
  const { sizes, batch } = models[name];
  const shape = sizes ? [batch, sizes[0]] : [batch, 3, 32, 32];
  const pixels = draw(
    random,
    shape.reduce((a, b) => a * b),
    1,
  );
  return { shape, pixels, labels: Int32Array.from({ length: batch }, () => Math.floor(10 * random())) };
}

/** Times steps of the models that were asked for, and prints a JSON line for each. */
export async function timed(peer, version, stepOf) {
  for (const name of process.argv.slice(2)) {
    const { batch, steps } = models[name];
    try {
      const step = await stepOf(name);
      const times = [];
      let loss;
      for (let i = 0; i < steps + Math.max(2, steps / 5); i++) {
        const start = performance.now();
        loss = await step();
        times.push(performance.now() - start);
      }
      const sorted = times.slice(-steps).sort((a, b) => a - b);
      const median = sorted[sorted.length >> 1];
      if (!Number.isFinite(loss)) throw new Error(`its loss is ${loss}`);
      const rss = Math.round(process.resourceUsage().maxRSS / 1024);
      console.log(
        JSON.stringify({
          peer,
          version,
          model: name,
          batch,
          median_ms: median,
          min_ms: sorted[0],
          loss,
          peak_rss_mb: rss,
        }),
      );
    } catch (error) {
      console.log(
        JSON.stringify({
          peer,
          version,
          model: name,
          failed: String(error.message ?? error)
            .split("\n")[0]
            .slice(0, 200),
        }),
      );
    }
  }
}
