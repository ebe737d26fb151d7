import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { randomBytes, sizeOf, UsageError, VERSION } from "../../../core/index.ts";
import { mixes } from "../../../data/index.ts";
import { allocate, type Runtime, type Session, type Value, type Values } from "../../../runtime/index.ts";
import { loadNative, loadWasm } from "../../../runtime/node/index.ts";
import {
  type CompiledGraph,
  encodeTensors,
  isSolver,
  makePlan,
  names,
  type Plan,
  type Recipe,
  StepScalars,
  scheduledRate,
  stateBlocks,
  weightBlocks,
} from "../../../train/index.ts";
import { makeFolder, writeAtomic } from "../atomic-file.ts";
import type { OpenedRun } from "./open-run.ts";
import { type KitGraph, type KitInput, trainingNotes } from "./training-notes.ts";

/** Rows of `scalars.csv`; a longer run goes on with the last one. */
const MOST_ROWS = 20_000;
/** Relative difference of a loss between two runtimes. */
const TOLERANCE = 1e-4;

/** What was written of a run's training. */
export interface ExportedTraining {
  readonly folder: string;
  /** Pictures of one call of its graph. */
  readonly batch: number;
  /** Of one drawn batch, before the first step and before the second. */
  readonly losses: readonly number[];
  /** The largest relative difference of these losses between native and Wasm; null where there is only one of them. */
  readonly largest: number | null;
}

/**
 * Writes `training/`: the graphs that a run trained with, as standard ONNX; the state to begin with, which is the shipped
 * weights beside a fresh optimizer; a table of the numbers that the host computes for each step; and notes on how to go on from
 * any ONNX Runtime. Proven by two steps in native and in Wasm ONNX Runtime, from the written files.
 * @throws UsageError for a run that was solved, and where the runtimes differ: then there is no folder
 */
export async function writeTraining(run: OpenedRun, folder: string): Promise<ExportedTraining> {
  const { optimizer } = run.recipe;
  refuseSolved(run);
  const place = join(folder, "training");
  const unproven = `${place}.unproven`;
  const { plan, recipe, batch, parts, pictures } = planOf(run);
  const state = { ...plan.initial };
  for (const { name } of weightBlocks(plan)) {
    state[name] = run.weights[name]!;
    if (plan.averageWeights !== undefined) state[names.average(name)] = run.weights[name]!.slice();
  }
  const blocks = stateBlocks(plan);
  const scalars = scalarTable(plan, run, Math.ceil(pictures / (batch * parts)));
  const compiled = graphsOf(plan);
  await rm(unproven, { recursive: true, force: true });
  await makeFolder(unproven);
  try {
    const runtimes = await runtimesThere();
    const ends = [];
    let graphs: KitGraph[] = [];
    for (const runtime of runtimes) {
      const sessions = await Promise.all(compiled.map(({ model }) => runtime.createSession(model)));
      graphs = compiled.map(({ file, noise }, i) => describe(file, sessions[i]!, { plan, recipe, batch, noise }));
      ends.push(await twoSteps(graphs, sessions, { plan, state, scalars, parts }));
      for (const session of sessions) await session.release();
    }
    const largest = ends.length < 2 ? null : apart(ends[0]!, ends[1]!);
    if (largest !== null && !(largest <= TOLERANCE)) {
      const what = `refused: after two steps native and Wasm ONNX Runtime are ${largest.toExponential(1)} apart`;
      throw new UsageError(place, what, "train with a smaller learning rate", 1);
    }
    const losses = ends[0]!;
    const tensors = Object.fromEntries(blocks.map(({ name, shape }) => [name, { shape, data: state[name]! }]));
    const rows = [["step", ...scalars.columns], ...scalars.rows.map((row, i) => [i + 1, ...row])];
    const about = { argmin: VERSION, batch, parts, optimizer: optimizer.name, graphs, firstLosses: losses };
    await Promise.all([
      ...compiled.map(({ file, model }) => writeAtomic(join(unproven, file), model)),
      writeAtomic(join(unproven, "state.safetensors"), encodeTensors(tensors, { weightsHash: run.facts.weightsHash })),
      writeAtomic(join(unproven, "scalars.csv"), `${rows.map((row) => row.join()).join("\n")}\n`),
      writeAtomic(join(unproven, "training.json"), `${JSON.stringify(about, undefined, 1)}\n`),
      writeAtomic(join(unproven, "README.md"), trainingNotes({ run, graphs, batch, parts, rows: scalars.rows.length })),
    ]);
    await rm(place, { recursive: true, force: true });
    await rename(unproven, place);
    return { folder: place, batch, losses, largest };
  } finally {
    await rm(unproven, { recursive: true, force: true });
  }
}

/** @throws UsageError for a run that was solved, which has no step */
export function refuseSolved({ recipe, path }: OpenedRun): void {
  if (!isSolver(recipe.optimizer.name)) return;
  const what = `${path} was solved by ${recipe.optimizer.name}, which takes no steps that a graph could hold`;
  throw new UsageError("--training", what, "leave it out, or train with an optimizer such as adam", 1);
}

/** The plan of the run, over pictures that are not there: graphs only know how many there are in a batch. */
function planOf({ recipe, facts, settings, split }: OpenedRun) {
  const { batchSize = 64, accumulate = 1, averageWeights, clipNorm, clipValue, warmUp, augment = [] } = settings;
  const weighted = (settings.classWeights ?? null) !== null || settings.balance === "weights";
  const pictures = split?.train.length ?? batchSize;
  const batch = Math.min(batchSize, pictures);
  const count = batch * accumulate;
  const { height, width, channels, kind } = recipe;
  const plan = makePlan({
    recipe,
    schedule: settings.schedule ?? { kind: "schedule", name: "constant", options: {} },
    seed: facts.seed,
    epochs: settings.epochs ?? 1,
    ...{ batchSize: batch, accumulate, augment, device: "auto" as const },
    ...(warmUp === undefined ? {} : { warmUp }),
    ...(typeof averageWeights === "number" ? { averageWeights } : {}),
    ...(typeof clipNorm === "number" ? { clipNorm } : {}),
    ...(typeof clipValue === "number" ? { clipValue } : {}),
    pictures: {
      store: { kind: "memory", pixels: new Uint8Array(0) },
      labels: new Int32Array(count),
      ...(weighted ? { weights: new Float32Array(count).fill(1) } : {}),
      ...(kind ? { kind } : {}),
      ...{ height, width, channels },
    },
    train: Int32Array.from({ length: count }, (_, i) => i),
    validation: new Int32Array(0),
    test: new Int32Array(0),
  });
  const parts = plan.steps.kind === "chunks" ? Math.ceil(count / plan.steps.accumulate[0]!.batch) : 1;
  const whole = plan.steps.kind === "chunks" ? plan.steps.accumulate[0]!.batch : batch;
  return { plan, recipe: { ...recipe, weighted, softTargets: mixes(augment) }, batch: whole, parts, pictures };
}

interface Compiled extends CompiledGraph {
  readonly file: string;
}

function graphsOf({ steps }: Plan): Compiled[] {
  if (steps.kind === "batch") return [{ ...steps.graphs[0]!, file: "step.onnx" }];
  if (steps.kind === "solve") return [];
  const update = { batch: 0, model: steps.apply, noise: [], file: "update.onnx" };
  return [{ ...steps.accumulate[0]!, file: "gradient.onnx" }, update];
}

/** The rank-0 inputs that change or do not, a row for each step of a run as long as the one before. */
function scalarTable(plan: Plan, { settings }: OpenedRun, stepsPerEpoch: number) {
  const own = new StepScalars(plan);
  const epochs = settings.epochs ?? Math.max(1, Math.ceil((settings.steps ?? 1000) / stepsPerEpoch));
  const count = Math.min(MOST_ROWS, settings.steps ?? epochs * stepsPerEpoch);
  const rows = Array.from({ length: count }, (_, i) => {
    own.set(scheduledRate(plan, { epoch: i / stepsPerEpoch, epochs, losses: [] }), i + 1);
    return Object.values(own.scalars.values).map(({ data }) => data[0] as number);
  });
  return { columns: Object.keys(own.scalars.values), rows };
}

async function runtimesThere(): Promise<Runtime[]> {
  const native = await loadNative();
  const wasm = await loadWasm();
  return native instanceof Error ? [wasm] : [native, wasm];
}

interface Described {
  readonly plan: Plan;
  readonly recipe: Recipe;
  readonly batch: number;
  readonly noise: CompiledGraph["noise"];
}

/** What a graph takes, and which of its outputs are the next value of what it took. */
function describe(file: string, session: Session, { plan, recipe, batch, noise }: Described): KitGraph {
  const { height, width, channels, classes } = recipe;
  const data: Record<string, Omit<KitInput, "name" | "from">> = {
    features: { dtype: "float32", shape: [batch, width] },
    pixels: { dtype: "uint8", shape: [batch, height, width, channels] },
    labels: { dtype: "int32", shape: [batch] },
    targets: { dtype: "float32", shape: [batch, classes] },
    weights: { dtype: "float32", shape: [batch] },
  };
  const state = stateBlocks(plan);
  const shapes = new Map(state.map(({ name, shape }) => [name, shape]));
  const sums = new Map(plan.parameters.map(({ name, shape }) => [names.sum(name), shape]));
  const inputs = session.inputNames.map((name): KitInput => {
    const drawn = noise.find((one) => one.name === name);
    if (data[name] !== undefined) return { name, ...data[name], from: "batch" };
    if (drawn !== undefined) return { name, dtype: "uint8", shape: drawn.shape, from: "noise" };
    if (shapes.has(name)) return { name, dtype: "float32", shape: shapes.get(name)!, from: "state" };
    if (sums.has(name)) return { name, dtype: "float32", shape: sums.get(name)!, from: "sum" };
    return { name, dtype: "float32", shape: [], from: name === names.share ? "share" : "scalars" };
  });
  const known = [...shapes.keys(), ...sums.keys()];
  const next = Object.fromEntries(
    known.filter((name) => session.outputNames.includes(names.next(name))).map((name) => [names.next(name), name]),
  );
  return { file, inputs, next };
}

interface Trial {
  readonly plan: Plan;
  readonly state: Readonly<Record<string, Float32Array>>;
  readonly scalars: ReturnType<typeof scalarTable>;
  readonly parts: number;
}

/** Two steps on one drawn batch, as the notes say that steps are taken. */
async function twoSteps(graphs: readonly KitGraph[], sessions: readonly Session[], trial: Trial): Promise<number[]> {
  const { plan, scalars, parts } = trial;
  let state: Record<string, Value> = Object.fromEntries(
    stateBlocks(plan).map(({ name, shape }) => [name, { dtype: "float32", shape, data: trial.state[name]! }]),
  );
  const losses: number[] = [];
  for (const step of [1, 2]) {
    const row = scalars.rows[Math.min(step, scalars.rows.length) - 1]!;
    let sums: Record<string, Value> = Object.fromEntries(
      plan.parameters.map(({ name, shape }) => [names.sum(name), allocate("float32", shape)]),
    );
    let loss = 0;
    for (const [g, graph] of graphs.entries()) {
      for (let part = 0; part < (g === 0 ? parts : 1); part++) {
        const feeds = Object.fromEntries(
          graph.inputs.map((one) => [one.name, state[one.name] ?? sums[one.name] ?? fed(one, step, part)]),
        );
        const out = await sessions[g]!.run(feeds as Values);
        loss += (out.loss?.data[0] as number | undefined) ?? 0;
        const moved = Object.entries(graph.next).map(([from, to]) => [to, out[from]!] as const);
        state = { ...state, ...Object.fromEntries(moved.filter(([name]) => state[name] !== undefined)) };
        sums = { ...sums, ...Object.fromEntries(moved.filter(([name]) => sums[name] !== undefined)) };
      }
    }
    losses.push(loss);

    function fed({ name, dtype, shape, from }: KitInput, number: number, part: number): Value {
      const value = allocate(dtype, shape);
      if (from === "share") value.data[0] = 1 / (parts * shapeOfBatch());
      else if (from === "scalars") value.data[0] = row[scalars.columns.indexOf(name)]!;
      else if (name === "weights") (value.data as Float32Array).fill(1);
      else if (name === "labels") for (let i = 0; i < sizeOf(shape); i++) value.data[i] = (i + part) % plan.classes;
      else if (name === "targets")
        for (let i = 0; i < shape[0]!; i++) value.data[i * plan.classes + (i % plan.classes)] = 1;
      else {
        const bytes = new Uint8Array(sizeOf(shape));
        randomBytes(bytes, { seed: plan.seed, place: name, step: from === "noise" ? number : 0, part });
        for (let i = 0; i < bytes.length; i++) value.data[i] = dtype === "float32" ? bytes[i]! / 128 - 1 : bytes[i]!;
      }
      return value;
    }
    function shapeOfBatch(): number {
      return graphs[0]!.inputs.find(({ from }) => from === "batch")!.shape[0]!;
    }
  }
  return losses;
}

/**
 * The largest relative difference of the losses: that of the second step has the update in it. Weights are not compared: where a
 * gradient is all but nothing, Adam's step is of full length into a direction that the last bit decides.
 */
const apart = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((loss, i) => Math.abs(loss - b[i]!) / Math.abs(loss)));
