/** One step of softmax cross-entropy with SGD and momentum 0.9 in jax-js on WebAssembly: node jax.js linear mlp cnn */
import { createRequire } from "node:module";
import { blockUntilReady, defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { batchOf, parametersOf, timed } from "./models.js";

await init("wasm");
defaultDevice("wasm");
const { version } = createRequire(import.meta.url)("./node_modules/@jax-js/jax/package.json");

const dense = (p, x) => {
  let h = x;
  for (let i = 0; i < p.length; i += 2) {
    h = np.matmul(h, p[i]).add(p[i + 1]);
    if (i + 2 < p.length) h = nn.relu(h);
  }
  return h;
};

const pooled = (h, n, c, side) => np.max(np.max(h.reshape([n, c, side / 2, 2, side / 2, 2]), 5), 3);
const cnn = (p, x) => {
  const [n] = x.shape;
  let h = nn.relu(lax.convGeneralDilated(x, p[0], [1, 1], "SAME").add(p[1].reshape([1, 32, 1, 1])));
  h = nn.relu(lax.convGeneralDilated(pooled(h, n, 32, 32), p[2], [1, 1], "SAME").add(p[3].reshape([1, 64, 1, 1])));
  return np.matmul(pooled(h, n, 64, 16).reshape([n, 64 * 64]), p[4]).add(p[5]);
};

await timed("jax-js, Wasm", version, async (name) => {
  const of = name === "cnn" ? cnn : dense;
  const given = parametersOf(name);
  const array = ({ data, shape }) => np.array(data).reshape(shape);
  let weights = given.map(array);
  let velocities = given.map(({ data, shape }) => array({ data: new Float32Array(data.length), shape }));
  const { pixels, shape, labels } = batchOf(name);
  const x = array({ data: pixels, shape });
  const y = array({
    data: Float32Array.from({ length: labels.length * 10 }, (_, i) => (labels[Math.floor(i / 10)] === i % 10 ? 1 : 0)),
    shape: [labels.length, 10],
  });
  const lossOf = (p, x, y) => np.sum(nn.logSoftmax(of(p, x), -1).mul(y)).mul(-1 / labels.length);
  const step = jit((p, v, x, y) => {
    const [loss, gradients] = valueAndGrad(lossOf)(tree.ref(p), x, y);
    const next = gradients.map((g, i) => v[i].mul(0.9).add(g));
    return [loss, p.map((w, i) => w.sub(next[i].ref.mul(0.01))), next];
  });
  return async () => {
    const [loss, nextWeights, nextVelocities] = step(weights, velocities, x.ref, y.ref);
    [weights, velocities] = [nextWeights, nextVelocities];
    await blockUntilReady([weights.map((w) => w.ref)]).then((held) => tree.dispose(held));
    const [value] = await loss.data();
    return value;
  };
});
