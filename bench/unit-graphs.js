/** What every unit computes, forward and backward, as models with numbers to feed them and what has to come out. */
import { gradients } from "../dist/autodiff/index.js";
import { flows, isFloat, normals, traceSample } from "../dist/gradcheck/index.js";
import { graph, input } from "../dist/ir/index.js";
import { losses } from "../dist/losses/index.js";
import { models } from "../dist/models/index.js";
import { lower, lowerWebgpu } from "../dist/onnx/index.js";
import { ops } from "../dist/ops/index.js";
import { optimizers } from "../dist/optimizers/index.js";
import { isSolver, stepGraph } from "../dist/train/index.js";

/** A graph as each device is given it. */
const lowered = (traced, name) => {
  const portable = lower(traced, name);
  return { portable, webgpu: lowerWebgpu(traced, name) ?? portable };
};

const TYPES = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array, bool: Uint8Array };

/** Feeds as ONNX Runtime takes them. */
const fed = (traced, feeds) =>
  Object.fromEntries(
    traced.inputs.map(({ attrs: { name, dtype } }) => [
      name,
      { dtype, shape: feeds[name].shape, data: TYPES[dtype].from(feeds[name].data) },
    ]),
  );

/** The cases of one unit: each of its samples forward, and backward where anything flows. */
function casesOf(op) {
  return op.samples.flatMap((sample, i) => {
    const { inputs, output, feeds, random } = traceSample(op, sample);
    // The reference's precision alone: no graphics card has it, and no network uses it.
    if (output.dtype === "float64") return [];
    const forward = graph({ y: output }, inputs);
    const name = `${op.name} ${i + 1}`;
    const cases = [{ unit: op.name, part: "forward", models: lowered(forward, name), feeds: fed(forward, feeds) }];
    if (!flows(op, sample).includes(true)) return cases;
    const seed = input("seed", output.shape, { dtype: output.dtype });
    const wrt = inputs.filter(isFloat);
    const cotangents = gradients(output, wrt, seed);
    const outputs = Object.fromEntries(wrt.map(({ attrs }, k) => [`d ${attrs.name}`, cotangents[k]]));
    const backward = graph(outputs, [...inputs, seed]);
    const all = { ...feeds, seed: normals(output.shape, random) };
    return [...cases, { unit: op.name, part: "backward", models: lowered(backward, name), feeds: fed(backward, all) }];
  });
}

export const unitCases = () => Object.values(ops).flatMap(casesOf);

const choice = (kind, name, options = {}) => ({ kind, name, options });

/** The training steps of every model, loss and optimizer, to see where their operators go. */
export function steps() {
  const picture = { height: 16, width: 16, channels: 3, classes: 4 };
  const normalization = { mean: [0.4, 0.4, 0.4], deviation: [0.25, 0.25, 0.25] };
  const usual = { model: "linear", loss: "cross-entropy", optimizer: "momentum" };
  const stepOf = (kind, name) => {
    const named = { ...usual, [kind]: name };
    const settled = models[named.model].settle?.(models[named.model].defaults, picture) ?? models[named.model].defaults;
    const recipe = {
      model: choice("model", named.model, settled),
      loss: choice("loss", named.loss),
      optimizer: choice("optimizer", named.optimizer),
      ...{ regularizers: [], normalization, ...picture },
    };
    return { kind, name, models: lowered(stepGraph(recipe, 4), `step of ${name}`) };
  };
  const stepping = Object.keys(optimizers).filter((name) => !isSolver(name) && !optimizers[name].fullBatch);
  return [
    ...Object.keys(models).map((name) => stepOf("model", name)),
    ...Object.keys(losses).map((name) => stepOf("loss", name)),
    ...stepping.map((name) => stepOf("optimizer", name)),
  ];
}
