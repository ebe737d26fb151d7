import { UsageError } from "../../../core/index.ts";
import { graph } from "../../../ir/index.ts";
import { probabilities } from "../../../metrics/index.ts";
import { lower } from "../../../onnx/index.ts";
import { geometryModel } from "../../../preprocess/index.ts";
import type { Device } from "../../../runtime/index.ts";
import { type RemoteModel, remoteModel } from "../../../runtime/node/index.ts";
import { network } from "../../../train/index.ts";
import { inOrder } from "../classifier.ts";
import { asRgb, geometryOf } from "../geometry-session.ts";
import type { Golden } from "./golden.ts";
import type { OpenedRun } from "./open-run.ts";

/** A model file in one of the runtimes. */
export interface Place {
  readonly name: string;
  readonly model: Uint8Array;
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
  const open = async (model: Uint8Array, device: Device | "auto") => {
    const opened = await remoteModel(model, device);
    models.push(opened);
    return opened;
  };
  try {
    const opened = await Promise.all(
      places.map(async (place) => ({ place, model: await open(place.model, place.device) })),
    );
    const geometry = own ? geometryOf(await open(geometryModel({ ...recipe, fit: facts.fit }), "auto")) : undefined;
    const pictures: Golden[] = [];
    const skipped: { path: string; reason: string }[] = [];
    const resized: Uint8Array[] = [];
    const rows = places.map((): Float32Array[] => []);
    const results = inOrder(goldens, 4, async (golden) => {
      signal?.throwIfAborted();
      const picture = await golden.read().catch((error) => {
        if (error instanceof UsageError) return error;
        throw error;
      });
      if (picture instanceof UsageError) return { golden, reason: picture.what };
      const pixels = { dtype: "uint8" as const, shape: [picture.height, picture.width, 3], data: asRgb(picture) };
      const answers = await Promise.all(
        opened.map(async ({ model }) => (await model.run({ pixels })).probabilities.data as Float32Array),
      );
      return { golden, answers, bytes: await geometry?.(picture) };
    });
    let done = 0;
    for await (const { golden, answers, bytes, reason } of results) {
      onProgress?.(++done);
      if (answers === undefined) {
        skipped.push({ path: golden.path, reason });
        continue;
      }
      pictures.push(golden);
      answers.forEach((row, i) => {
        rows[i]!.push(row);
      });
      if (bytes !== undefined) resized.push(bytes);
    }
    const byPlace = new Map(
      opened.map(({ place, model }, i) => [
        place.name,
        { device: model.description, probabilities: joined(rows[i]!, recipe.classes) },
      ]),
    );
    const byRun = own ? await scored(run, resized, open) : new Float64Array(0);
    return { pictures, classes: recipe.classes, byPlace, byRun, skipped };
  } finally {
    await Promise.all(models.map((model) => model.close()));
  }
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
  resized: readonly Uint8Array[],
  open: (model: Uint8Array, device: "auto") => Promise<RemoteModel>,
): Promise<Float64Array> {
  const { height, width, channels, classes } = recipe;
  const row = height * width * channels;
  const scores = new Float32Array(resized.length * classes);
  const parameters = Object.fromEntries(
    network(recipe, 1).parameters.map(({ name, shape }) => [
      name,
      { dtype: "float32" as const, shape, data: weights[name]! },
    ]),
  );
  const models = new Map<number, RemoteModel>();
  for (let start = 0; start < resized.length; start += BATCH) {
    const batch = Math.min(BATCH, resized.length - start);
    const data = new Uint8Array(batch * row);
    for (let i = 0; i < batch; i++) data.set(resized[start + i]!, i * row);
    const { pixels, scores: output } = network(recipe, batch);
    const model = models.get(batch) ?? (await open(lower(graph({ scores: output }, [pixels]), "scores"), "auto"));
    models.set(batch, model);
    const shape = [batch, height, width, channels];
    const found = await model.run({ pixels: { dtype: "uint8", shape, data }, ...parameters });
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
