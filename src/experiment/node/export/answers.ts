import { UsageError } from "../../../core/index.ts";
import type { Picture } from "../../../data/index.ts";
import { graph } from "../../../ir/index.ts";
import { probabilities } from "../../../metrics/index.ts";
import { lower } from "../../../onnx/index.ts";
import { geometryModel } from "../../../preprocess/index.ts";
import { allocate, type Device, type Model, type Values } from "../../../runtime/index.ts";
import { type RemoteModel, remoteModel } from "../../../runtime/node/index.ts";
import { network } from "../../../train/index.ts";
import { asRgb, geometryOf } from "../../geometry.ts";
import { inOrder } from "../classifier.ts";
import type { Golden } from "./golden.ts";
import type { OpenedRun } from "./open-run.ts";

/** A model file in one of the runtimes. */
export interface Place {
  readonly name: string;
  readonly model: Model;
  readonly device: Device;
}

/** What was answered: probabilities [pictures, classes] for each place, and for the run's own network. */
export interface Answers {
  /** Pictures that could be read. */
  readonly pictures: readonly Golden[];
  readonly classes: number;
  readonly byPlace: ReadonlyMap<string, { readonly device: string; readonly probabilities: Float32Array }>;
  /** From the network as the run judged it: in batches, the geometry apart; empty unless asked for. */
  readonly byRun: Float64Array;
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

export interface AskOptions {
  /** Ask the run's own network as well. */
  readonly own: boolean;
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

type Open = (model: Model, device: Device | "auto", held?: Values) => Promise<RemoteModel>;

/** Pictures that the run's network scores at once. */
const BATCH = 100;

/** Shows every picture, decoded once, to each place and to the run's network. Only the resized ones are kept. */
export async function ask(
  run: OpenedRun,
  goldens: readonly Golden[],
  places: readonly Place[],
  { own, onProgress, signal }: AskOptions,
): Promise<Answers> {
  const { recipe, facts } = run;
  const models: RemoteModel[] = [];
  const open: Open = async (model, device, held) => {
    const opened = await remoteModel(model, device, held);
    models.push(opened);
    return opened;
  };
  try {
    const opened = await Promise.all(
      places.map(async (place) => ({ place, model: await open(place.model, place.device) })),
    );
    const geometry =
      own && !facts.features ? geometryOf(await open(geometryModel({ ...recipe, fit: facts.fit }), "auto")) : undefined;
    const pictures: Golden[] = [];
    const skipped: { path: string; reason: string }[] = [];
    const inputs: (Uint8Array | Float32Array)[] = [];
    const rows = places.map((): Float32Array[] => []);
    const results = inOrder(goldens, 4, async (golden) => {
      signal?.throwIfAborted();
      const example = await golden.read().catch((error) => {
        if (error instanceof UsageError) return error;
        throw error;
      });
      if (example instanceof UsageError) return { golden, reason: example.what };
      const feeds = feedsOf(example);
      const answers = await Promise.all(
        opened.map(async ({ model }) => (await model.run(feeds)).probabilities.data as Float32Array),
      );
      const prepared = example instanceof Float32Array ? (own ? example : undefined) : await geometry?.(example);
      return { golden, answers, prepared };
    });
    let done = 0;
    for await (const { golden, answers, prepared, reason } of results) {
      onProgress?.(++done);
      if (answers === undefined) {
        skipped.push({ path: golden.path, reason });
        continue;
      }
      pictures.push(golden);
      answers.forEach((row, i) => {
        rows[i]!.push(row);
      });
      if (prepared !== undefined) inputs.push(prepared);
    }
    const byPlace = new Map(
      opened.map(({ place, model }, i) => [
        place.name,
        { device: model.description, probabilities: joined(rows[i]!, recipe.classes) },
      ]),
    );
    const byRun = own ? await scored(run, inputs, open) : new Float64Array(0);
    return { pictures, classes: recipe.classes, byPlace, byRun, skipped };
  } finally {
    await Promise.all(models.map((model) => model.close()));
  }
}

/** What a model file takes. */
function feedsOf(example: Picture | Float32Array): Values {
  if (example instanceof Float32Array) {
    return { features: { dtype: "float32", shape: [1, example.length], data: example } };
  }
  const { height, width } = example;
  return { pixels: { dtype: "uint8", shape: [height, width, 3], data: asRgb(example) } };
}

function joined(rows: readonly Float32Array[], classes: number): Float32Array {
  const all = new Float32Array(rows.length * classes);
  rows.forEach((row, i) => {
    all.set(row, i * classes);
  });
  return all;
}

/** Probabilities [pictures, classes] as the run finds them: the network on batches of resized pictures, then softmax. */
async function scored(
  { recipe, weights, facts }: OpenedRun,
  inputs: readonly (Uint8Array | Float32Array)[],
  open: Open,
): Promise<Float64Array> {
  const { classes } = recipe;
  const scores = new Float32Array(inputs.length * classes);
  const { parameters, buffers } = network(recipe, 1);
  const learned = Object.fromEntries(
    [...parameters, ...buffers].map(({ name, shape }) => [
      name,
      { dtype: "float32" as const, shape, data: weights[name]! },
    ]),
  );
  const models = new Map<number, RemoteModel>();
  for (let start = 0; start < inputs.length; start += BATCH) {
    const batch = Math.min(BATCH, inputs.length - start);
    const { pixels: input, scores: output } = network(recipe, batch);
    const feed = allocate(input.dtype as "uint8" | "float32", input.shape);
    const row = feed.data.length / batch;
    for (let i = 0; i < batch; i++) (feed.data as Float32Array).set(inputs[start + i]!, i * row);
    const model =
      models.get(batch) ?? (await open(lower(graph({ scores: output }, [input]), "scores"), "auto", learned));
    models.set(batch, model);
    const found = await model.run({ [input.attrs.name]: feed });
    scores.set(found.scores.data as Float32Array, start * classes);
  }
  return probabilities(scores, classes, facts.temperature);
}

/** The largest difference of two lists of probabilities, and at which picture. */
export function difference(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  classes: number,
): { readonly largest: number; readonly at: number } {
  let largest = 0;
  let at = 0;
  for (let i = 0; i < a.length; i++) {
    const apart = Math.abs(a[i]! - b[i]!);
    // A result that is no number differs from everything.
    if (apart <= largest) continue;
    largest = Number.isNaN(apart) ? Infinity : apart;
    at = Math.floor(i / classes);
    if (largest === Infinity) break;
  }
  return { largest, at };
}
