/** One step of softmax cross-entropy with SGD and momentum 0.9 in TensorFlow.js on WebAssembly: node tfjs.js linear mlp cnn */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { batchOf, parametersOf, timed } from "./models.js";

const require = createRequire(import.meta.url);
const tf = require("@tensorflow/tfjs");
const { setWasmPaths } = require("@tensorflow/tfjs-backend-wasm");
setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
await tf.setBackend("wasm");
await tf.ready();

const scores = {
  dense: (p, x) => {
    let h = x;
    for (let i = 0; i < p.length; i += 2) {
      h = tf.add(tf.matMul(h, p[i]), p[i + 1]);
      if (i + 2 < p.length) h = tf.relu(h);
    }
    return h;
  },
  // It convolves pictures whose channels are last, and filters [height, width, in, out].
  cnn: (p, x) => {
    const stage = (h, i) =>
      tf.maxPool(tf.relu(tf.add(tf.conv2d(h, tf.transpose(p[i], [2, 3, 1, 0]), 1, "same"), p[i + 1])), 2, 2, "valid");
    const h = stage(stage(tf.transpose(x, [0, 2, 3, 1]), 0), 2);
    return tf.add(tf.matMul(tf.reshape(h, [x.shape[0], -1]), p[4]), p[5]);
  },
};

await timed("TensorFlow.js, Wasm", tf.version.tfjs, (name) => {
  const variables = parametersOf(name).map(({ data, shape }) => tf.variable(tf.tensor(data, shape)));
  const { pixels, shape, labels } = batchOf(name);
  const x = tf.tensor(pixels, shape);
  const y = tf.oneHot(tf.tensor1d(labels, "int32"), 10);
  const optimizer = tf.train.momentum(0.01, 0.9);
  const of = name === "cnn" ? scores.cnn : scores.dense;
  return async () => {
    const loss = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, of(variables, x)), true, variables);
    const [value] = await loss.data();
    loss.dispose();
    return value;
  };
});
