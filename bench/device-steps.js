/** Steps of one plan on a runtime, in Node and in a page alike: what is compared between devices. */

/** Pictures in which a square of the class's own place is brighter, under noise: the same wherever they are made. */
function pictures(count, size, channels, classes, contrast) {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const across = Math.ceil(Math.sqrt(classes));
  const side = Math.floor(size / across);
  const labels = Int32Array.from({ length: count }, () => Math.floor(random() * classes));
  const pixels = new Uint8Array(count * size * size * channels);
  for (let i = 0, at = 0; i < count; i++) {
    const [row, column] = [Math.floor(labels[i] / across), labels[i] % across];
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const bright = Math.floor(y / side) === row && Math.floor(x / side) === column ? contrast : 0;
        for (let c = 0; c < channels; c++) pixels[at++] = Math.floor(random() * 190) + bright;
      }
    }
  }
  return { store: { kind: "memory", pixels }, labels, height: size, width: size, channels };
}

const choice = (kind, name, options = {}) => ({ kind, name, options });

/** @param setup plain data: model, its options, batch, size of the pictures, how much brighter the square is, steps */
export function planOf(argmin, { model, options = {}, batch, size, contrast = 60, steps, device, judged = 0 }) {
  const [channels, classes] = [3, 10];
  const count = batch * Math.max(10, Math.min(steps, 20));
  const range = (from, to) => Int32Array.from({ length: to - from }, (_, i) => from + i);
  return argmin.makePlan({
    recipe: {
      model: choice("model", model, options),
      loss: choice("loss", "cross-entropy"),
      regularizers: [],
      optimizer: choice("optimizer", "momentum", { learningRate: 0.02 }),
      normalization: { mean: Array(channels).fill(0.4), deviation: Array(channels).fill(0.25) },
      ...{ height: size, width: size, channels, classes },
    },
    schedule: choice("schedule", "constant"),
    ...{ seed: 1, epochs: 1, maxSteps: steps, batchSize: batch, device },
    pictures: pictures(count + judged, size, channels, classes, contrast),
    ...{ train: range(0, count), validation: range(count, count + judged), test: new Int32Array(0) },
  });
}

/**
 * The loss and the gradient's norm of each step from its state before it.
 * @param given the states to start each step from; without them each goes on from the one before, and the states come back
 */
export async function follow(argmin, plan, runtime, given) {
  const scalars = new argmin.StepScalars(plan);
  const stepper = await argmin.createStepper(plan, runtime, scalars.scalars);
  const norm = new argmin.GradientNorm(plan, runtime, argmin.memoryRows(plan.pictures));
  const order = argmin.orderOf(plan, 1);
  const [losses, norms, states, times] = [[], [], [], []];
  for (let step = 1; step <= plan.maxSteps; step++) {
    if (given === undefined) states.push(await stepper.state.snapshot());
    else stepper.state.restore(given[step - 1]);
    scalars.set(plan.learningRate, step);
    const present = stepper.state.front();
    norms.push(await norm.measure(order.subarray((step - 1) * plan.batchSize), present, scalars.scalars.values));
    const start = performance.now();
    losses.push((await stepper.step(order, step - 1, step)).loss);
    times.push(performance.now() - start);
  }
  return { losses, norms, states, times };
}

/** The validation accuracy after the plan's steps, by the trainer that runs everywhere. */
export async function train(argmin, plan, runtime) {
  const trainer = await argmin.Trainer.create(plan, runtime);
  let accuracy;
  await trainer.run(
    (event) => {
      if (event.type === "epoch") accuracy = event.validation.accuracy;
    },
    () => false,
  );
  return accuracy;
}

const blocksOf = (plan) => [...plan.parameters, ...plan.buffers, ...plan.slots];
const sizeOf = ({ shape }) => shape.reduce((product, dim) => product * dim, 1);

/** States as one array of float32, and back. */
export function pack(plan, states) {
  const all = new Float32Array(states.length * blocksOf(plan).reduce((sum, block) => sum + sizeOf(block), 0));
  let at = 0;
  for (const state of states) {
    for (const { name } of blocksOf(plan)) {
      all.set(state[name], at);
      at += state[name].length;
    }
  }
  return all;
}
export function unpack(plan, all, count) {
  let at = 0;
  return Array.from({ length: count }, () =>
    Object.fromEntries(
      blocksOf(plan).map((block) => {
        at += sizeOf(block);
        return [block.name, all.slice(at - sizeOf(block), at)];
      }),
    ),
  );
}
