/** Lesson 18: the graph of a small network of the learner's own, value and gradient of each unit, and the chain rule along its edges. */
import { gradients } from "../../../../src/autodiff/index.ts";
import { sizeOf } from "../../../../src/core/index.ts";
import {
  graphView,
  methodFor,
  modelWith,
  type StepCard,
  unitGraph,
  unitValues,
} from "../../../../src/explain/index.ts";
import { bind, graph, input, isInput, type NDArray, type Tensor, topological } from "../../../../src/ir/index.ts";
import { cnn, linear, type ModelChoice, mlp } from "../../../../src/models/index.ts";
import type { ActivationName } from "../../../../src/nn/index.ts";
import { mul, sum } from "../../../../src/ops/index.ts";
import { adam } from "../../../../src/optimizers/index.ts";
import { evaluate } from "../../../../src/reference/index.ts";
import type { Runtime, Values } from "../../../../src/runtime/index.ts";
import { network, Trainer } from "../../../../src/train/index.ts";
import { type PictureSet, planOf, recipeOf } from "./picture-set.ts";

export interface UnitSetting {
  readonly model: "linear" | "mlp" | "cnn";
  readonly activation: Extract<ActivationName, "relu" | "tanh" | "sigmoid">;
  readonly units: number;
  readonly epochs: number;
  readonly learningRate: number;
}

export type Weights = Readonly<Record<string, Float32Array>>;

function modelOf({ model, activation, units }: UnitSetting): ModelChoice {
  if (model === "linear") return linear();
  return model === "mlp" ? mlp({ hidden: [units], activation }) : cnn({ channels: [units], activation });
}

export const settingOf = (setting: UnitSetting) => ({
  model: modelOf(setting),
  optimizer: adam({ learningRate: setting.learningRate }),
  epochs: Math.max(1, setting.epochs),
  batchSize: 32,
});

/** Trains for so many epochs; none leaves the first weights. @param emit the accuracy after each epoch */
export async function learn(
  runtime: Runtime,
  set: PictureSet,
  setting: UnitSetting,
  emit: (epoch: number, accuracy: number) => void,
): Promise<Weights> {
  const plan = planOf(set, settingOf(setting));
  let weights: Weights = plan.initial;
  if (setting.epochs > 0) {
    const trainer = await Trainer.create(plan, runtime);
    await trainer.run(
      (event) => {
        if (event.type !== "epoch") return;
        weights = event.state;
        emit(event.epoch, event.validation?.accuracy ?? Number.NaN);
      },
      () => false,
    );
  }
  return Object.fromEntries(plan.parameters.map(({ name }) => [name, weights[name]]));
}

/** Units of an activation that say the same for nearly every picture. */
export interface Silent {
  /** 0 for every one of the pictures that were looked at: with relu no gradient goes through. */
  readonly dead: readonly number[];
  /** At an end of the range for nine pictures of ten: a gradient goes through that is nearly 0. */
  readonly saturated: readonly number[];
  readonly units: number;
}

export interface UnitLook {
  readonly cards: readonly StepCard[];
  readonly scores: readonly number[];
  /** By the place of the card; absent where a unit is no activation. */
  readonly silent: Readonly<Record<number, Silent>>;
  /** Value and gradient of each card, for the chain rule. */
  readonly flows: readonly {
    readonly shape: readonly number[];
    readonly value: Float32Array;
    readonly gradient: Float32Array | null;
  }[];
}

const ACTIVATIONS: ReadonlySet<string> = new Set(["relu", "tanh", "sigmoid"]);
/** Pictures that tell whether a unit is dead. */
const LOOKED = 64;

async function run(runtime: Runtime, model: Uint8Array, feeds: Values) {
  const session = await runtime.createSession(model);
  const results = await session.run(feeds);
  await session.release();
  return results;
}

const bytesOf = (set: PictureSet, pictures: ArrayLike<number>): Uint8Array => {
  const row = 3 * set.size * set.size;
  const out = new Uint8Array(pictures.length * row);
  for (let i = 0; i < pictures.length; i++)
    out.set(set.pixels.subarray(pictures[i] * row, (pictures[i] + 1) * row), i * row);
  return out;
};

const stepsOf = (traced: ReturnType<typeof network>): Tensor[] => {
  const flowing = new Set<Tensor>([traced.pixels as Tensor]);
  const all = topological([traced.scores]);
  for (const tensor of all) if (tensor.inputs.some((operand) => flowing.has(operand))) flowing.add(tensor);
  return all.filter((tensor) => flowing.has(tensor));
};

/** Each unit of the network for one picture, with ∂s/∂unit of one class. */
export async function lookAt(
  runtime: Runtime,
  set: PictureSet,
  setting: UnitSetting,
  weights: Weights,
  picture: number,
  of: number,
): Promise<UnitLook> {
  const traced = network(recipeOf(set, settingOf(setting)), 1);
  const pixels = bytesOf(set, [picture]);
  const feeds: Values = {
    pixels: { dtype: "uint8", shape: [1, set.size, set.size, 3], data: pixels },
    class: { dtype: "int32", shape: [1], data: Int32Array.of(of) },
  };
  const results = await run(runtime, modelWith(unitGraph(traced, methodFor(traced)), weights, "units"), feeds);
  const { steps, parameters } = unitValues(traced, results, { pixels, ...weights });
  return {
    cards: graphView(steps, parameters),
    scores: Array.from(results.scores.data as Float32Array),
    silent: await silentUnits(runtime, set, setting, weights),
    flows: steps.map(({ tensor, value, gradient }) => ({
      shape: tensor.shape,
      value: Float32Array.from(value),
      gradient: gradient instanceof Float32Array ? gradient : null,
    })),
  };
}

async function silentUnits(
  runtime: Runtime,
  set: PictureSet,
  setting: UnitSetting,
  weights: Weights,
): Promise<Record<number, Silent>> {
  const pictures = set.train.subarray(0, LOOKED);
  const traced = network(recipeOf(set, settingOf(setting)), pictures.length);
  const found = stepsOf(traced).flatMap((tensor, i) => (ACTIVATIONS.has(tensor.op.name) ? [{ tensor, i }] : []));
  if (found.length === 0) return {};
  const outputs = Object.fromEntries(found.map(({ tensor, i }) => [`unit ${i}`, tensor]));
  const model = modelWith(graph(outputs), weights, "activations");
  const shape = [pictures.length, set.size, set.size, 3];
  const results = await run(runtime, model, { pixels: { dtype: "uint8", shape, data: bytesOf(set, pictures) } });
  return Object.fromEntries(
    found.map(({ tensor, i }) => [i, silentOf(tensor, results[`unit ${i}`].data as Float32Array)]),
  );
}

/** Of values [batch, units, …]. */
export function silentOf(
  { op, shape: [batch, units, ...rest] }: Pick<Tensor, "op" | "shape">,
  values: Float32Array,
): Silent {
  const places = sizeOf(rest);
  const ends: Readonly<Record<string, (value: number) => boolean>> = {
    tanh: (value) => Math.abs(value) > 0.97,
    sigmoid: (value) => value < 0.015 || value > 0.985,
  };
  const dead: number[] = [];
  const saturated: number[] = [];
  for (let unit = 0; unit < units; unit++) {
    let [zeros, atEnds] = [0, 0];
    for (let i = 0; i < batch; i++) {
      for (let place = 0; place < places; place++) {
        const value = values[(i * units + unit) * places + place];
        if (value === 0) zeros++;
        if (ends[op.name]?.(value)) atEnds++;
      }
    }
    const all = batch * places;
    if (op.name === "relu" && zeros === all) dead.push(unit);
    if (atEnds > 0.9 * all) saturated.push(unit);
  }
  return { dead, saturated, units };
}

/** One factor of a chain: how a number of one unit moves a number of the next. */
export interface Factor {
  /** Places in the cards. */
  readonly from: number;
  readonly to: number;
  /** Places in the numbers of the two units, without the axis of the batch. */
  readonly element: number;
  readonly onto: number;
  /** ∂(to)/∂(from) */
  readonly slope: number;
  /** ∂s/∂(to), the sum over all paths from there. */
  readonly gradientAfter: number;
  /** ∂s/∂(from), the sum over all paths. */
  readonly gradient: number;
  /** What goes over this one number of the next unit: slope · gradientAfter. */
  readonly share: number;
  /** Numbers of the next unit through which a gradient comes back. */
  readonly paths: number;
}

/**
 * From one number of a unit to the score, at each step over the number of the next unit that carries the most. The column of the
 * Jacobian comes out of the backward rules alone: ∂/∂u of eᵀ(Jᵀu) is Je.
 */
export function chain(
  set: PictureSet,
  setting: UnitSetting,
  weights: Weights,
  { flows }: Pick<UnitLook, "flows">,
  start: number,
  element: number,
): Factor[] {
  const traced = network(recipeOf(set, settingOf(setting)), 1);
  const steps = stepsOf(traced);
  const known = new Map<Tensor, Float64Array>(steps.map((tensor, i) => [tensor, Float64Array.from(flows[i].value)]));
  const factors: Factor[] = [];
  let [from, at] = [start, element];
  while (true) {
    const to = steps.findIndex((tensor, i) => i > from && tensor.inputs.includes(steps[from]));
    if (to < 0) return factors;
    const column = jacobianColumn(steps[to], steps[from], at, known, weights);
    const after = flows[to].gradient!;
    const shares = column.map((slope, i) => slope * after[i]);
    const gradient = shares.reduce((total, share) => total + share, 0);
    const paths = shares.reduce((count, share) => count + (share === 0 ? 0 : 1), 0);
    let onto = 0;
    for (let i = 1; i < shares.length; i++) {
      const [best, own] = [Math.abs(shares[onto]), Math.abs(shares[i])];
      // Where nothing comes back, the way with a slope is more telling than the first one.
      if (own > best || (own === best && own === 0 && Math.abs(column[i]) > Math.abs(column[onto]))) onto = i;
    }
    factors.push({
      from,
      to,
      element: at,
      onto,
      slope: column[onto],
      gradientAfter: after[onto],
      gradient,
      share: shares[onto],
      paths,
    });
    [from, at] = [to, onto];
  }
}

function jacobianColumn(
  tensor: Tensor,
  of: Tensor,
  element: number,
  known: ReadonlyMap<Tensor, Float64Array>,
  weights: Weights,
): Float64Array {
  const feeds: Record<string, NDArray> = {};
  const places = new Map<Tensor, Tensor>();
  const operands = tensor.inputs.map((operand, i) => {
    const before = places.get(operand);
    if (before !== undefined) return before;
    const data = known.get(operand) ?? (isInput(operand) ? Float64Array.from(weights[operand.attrs.name]) : undefined);
    // What neither depends on the picture nor is learned, such as a constant, stays what it is.
    if (data === undefined) return operand;
    const place = input(`operand ${i}`, operand.shape, { dtype: operand.dtype }) as Tensor;
    feeds[`operand ${i}`] = { shape: operand.shape, data };
    places.set(operand, place);
    return place;
  });
  const output = bind(tensor.op, operands, tensor.attrs);
  const seed = input("seed", tensor.shape, { dtype: tensor.dtype }) as Tensor;
  const chosen = input("chosen", of.shape, { dtype: of.dtype }) as Tensor;
  const [pulled] = gradients(output, [places.get(of)!], seed);
  const [column] = gradients(sum(mul(pulled, chosen)), [seed]);
  const unit = new Float64Array(sizeOf(of.shape));
  unit[element] = 1;
  const zeros = { shape: tensor.shape, data: new Float64Array(sizeOf(tensor.shape)) };
  return evaluate(graph({ column }), { ...feeds, seed: zeros, chosen: { shape: of.shape, data: unit } }).column.data;
}

/** The number of a unit that counts the most for the score: value times gradient. */
export function strongest({ value, gradient }: UnitLook["flows"][number]): number {
  let best = 0;
  const weight = (i: number) => Math.abs(value[i] * (gradient?.[i] ?? 0));
  for (let i = 1; i < value.length; i++) if (weight(i) > weight(best)) best = i;
  return best;
}
