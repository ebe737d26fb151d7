/** One training in a page: the library's own plan, trainer and export, on pictures in memory. Knows nothing of workers. */
import { type Dataset, load, makeSplit, memoryRows, type Source } from "../../../src/data/index.ts";
import type { TrainOptions } from "../../../src/experiment/index.ts";
import { exportModel, geometryOf, planOf, predictionsOf, recipeOf, resolve } from "../../../src/experiment/index.ts";
import { type WeightPictures, weightPictures } from "../../../src/experiment/run-page/index.ts";
import { losses } from "../../../src/losses/index.ts";
import { confusionMatrix, type Figures, figuresOf, fitTemperature, probabilities } from "../../../src/metrics/index.ts";
import { type Fit, geometryModel } from "../../../src/preprocess/index.ts";
import type { Runtime } from "../../../src/runtime/index.ts";
import { type EpochEnd, isBetter, type StateValues, Trainer, weightsOf } from "../../../src/train/index.ts";
import { hashOf } from "./weights-hash.ts";

/** A picture with what it is and what it was taken for. */
export interface Mistake {
  readonly path: string;
  readonly truth: number;
  readonly predicted: number;
  readonly probability: number;
  /** [height, width, 3] */
  readonly pixels: Uint8Array;
}

/** What a page hears of its training; plain data. */
export type PageEvent =
  | { readonly type: "loading"; readonly done: number; readonly total: number }
  | {
      readonly type: "data";
      readonly classes: readonly string[];
      readonly counts: { readonly train: number; readonly validation: number; readonly test: number };
      readonly height: number;
      readonly width: number;
      readonly skipped: readonly { readonly path: string; readonly reason: string }[];
      readonly notes: readonly string[];
    }
  | {
      readonly type: "ready";
      readonly description: string;
      readonly notes: readonly string[];
      readonly parameters: number;
      readonly epochs: number;
    }
  | { readonly type: "initial"; readonly loss: number; readonly expected: number; readonly formula: string }
  | {
      readonly type: "progress";
      readonly step: number;
      readonly steps: number;
      readonly loss: number;
      readonly secondsLeft: number;
    }
  | {
      readonly type: "epoch";
      readonly epoch: number;
      readonly trainLoss: number;
      readonly validation: { readonly loss: number; readonly accuracy: number } | null;
      /** [classes][classes], truth by answer, of the validation pictures. */
      readonly confusion: readonly (readonly number[])[] | null;
      readonly mistakes: readonly Mistake[];
      readonly templates: WeightPictures | null;
    }
  | {
      readonly type: "done";
      readonly model: Uint8Array<ArrayBuffer>;
      readonly epoch: number;
      readonly stopped: boolean;
      /** Of the test pictures, where there are some, else of the validation pictures. */
      readonly judged: { readonly name: "test" | "validation"; readonly figures: Figures } | null;
      readonly mistakes: readonly Mistake[];
    };

export interface Training {
  readonly source: Source;
  readonly options: TrainOptions;
  readonly runtime: Runtime;
  readonly onEvent: (event: PageEvent) => void;
  readonly stopRequested: () => boolean;
}

/** Mistakes that are shown. */
const SHOWN = 24;

/** Reads the pictures with the model's own geometry, and splits them as a run of the command line would with the same seed. */
async function datasetOf({ source, options, runtime, onEvent }: Training): Promise<Dataset> {
  const settings = resolve(options, source);
  const { uniform } = source;
  const asked = settings.size ?? (uniform ? null : 64);
  const session = uniform && asked === null ? undefined : await sessionFor(runtime, asked ?? 64, settings.fit);
  try {
    const loaded = await load(source, {
      ...(session ? { size: asked ?? 64, geometry: geometryOf(session) } : {}),
      channels: 3,
      // Each decoded photograph takes tens of megabytes.
      concurrency: 1,
      onProgress: ({ done, total }) => onEvent({ type: "loading", done, total }),
    });
    const { labels } = loaded.pictures;
    const cut = { labels, declared: loaded.declared, classes: source.classes, seed: settings.seed };
    const { split, notes } = makeSplit(cut);
    const told = [...source.notes, ...loaded.notes, ...notes];
    const { pictures, skipped } = loaded;
    return { source, classes: source.classes, pictures, split, skipped, notes: told };
  } finally {
    await session?.release();
  }
}

const sessionFor = (runtime: Runtime, size: number, fit: Fit) =>
  runtime.createSession(geometryModel({ height: size, width: size, channels: 3, fit }));

/**
 * Trains, keeps the weights of the best epoch, judges them once on the test pictures and makes the model file of them.
 * @throws UsageError for data that cannot be used and options out of range
 */
export async function trainHere(training: Training): Promise<void> {
  const { source, options, runtime, onEvent, stopRequested } = training;
  const settings = resolve(options, source);
  const dataset = await datasetOf(training);
  const { classes, pictures, split, skipped, notes } = dataset;
  const counts = { train: split.train.length, validation: split.validation.length, test: split.test.length };
  const { height, width } = pictures;
  onEvent({ type: "data", classes, counts, height, width, skipped, notes });
  const recipe = recipeOf(settings, dataset, memoryRows(pictures));
  const plan = planOf(settings, recipe, dataset, runtime.threads, [runtime.device]);
  const trainer = await Trainer.create(plan, runtime);
  const parameters = plan.parameters.reduce((total, { name }) => total + plan.initial[name]!.length, 0);
  const mistakeOf = (answers: ReturnType<typeof predictionsOf>): Mistake[] =>
    answers
      .filter(({ truth, predicted }) => truth !== predicted)
      .sort((a, b) => b.loss - a.loss)
      .slice(0, SHOWN)
      .map(({ index, path, truth, predicted, probability }) => {
        const pixels = new Uint8Array(3 * height * width);
        memoryRows(pictures).read(Int32Array.of(index), 0, 1, pixels);
        return { path, truth, predicted, probability, pixels };
      });
  const labelsOf = (indices: Int32Array) => indices.map((index) => pictures.labels[index]!);

  let last: { readonly epoch: number; readonly weights: StateValues } | undefined;
  let best: ({ readonly epoch: number; readonly weights: StateValues } & EpochEnd) | undefined;
  let stopped = false;
  let diverged: number | undefined;
  // The trainer tells an epoch while it waits for nothing, so what is scored for it is scored when its turn comes.
  let pending: Promise<unknown> = Promise.resolve();
  const look = async (
    epoch: number,
    trainLoss: number,
    validation: { loss: number; accuracy: number } | null,
    weights: StateValues,
  ) => {
    const shared = { type: "epoch" as const, epoch, trainLoss, validation };
    const templates = weightPictures(recipe, weights) ?? null;
    if (split.validation.length === 0) return onEvent({ ...shared, confusion: null, mistakes: [], templates });
    const { scores } = await trainer.score(split.validation, weights);
    const labels = labelsOf(split.validation);
    const p = probabilities(scores, classes.length, 1);
    const said = predictionsOf("validation", split.validation, dataset, scores, p, 1);
    const confusion = confusionMatrix(scores, labels, classes.length);
    onEvent({ ...shared, confusion, mistakes: mistakeOf(said), templates });
  };
  await trainer.run((event) => {
    if (event.type === "ready") {
      onEvent({ ...event, parameters, epochs: settings.epochs ?? 0 });
    } else if (event.type === "initial") {
      const unit = losses[recipe.loss.name as keyof typeof losses];
      const { value, formula } = unit.initial({ ...unit.defaults, ...recipe.loss.options }, classes.length);
      onEvent({ type: "initial", loss: event.loss, expected: value, formula });
    } else if (event.type === "progress") {
      onEvent(event);
    } else if (event.type === "epoch") {
      const { epoch, trainLoss, validation, state } = event;
      last = { epoch, weights: weightsOf(plan, state) };
      const end = { trainLoss, validation };
      if (isBetter(end, best)) best = { ...last, ...end };
      const { weights } = last;
      pending = pending.then(() => look(epoch, trainLoss, validation, weights));
    } else if (event.type === "interrupted") {
      stopped = true;
      last = { epoch: event.epoch, weights: weightsOf(plan, event.state) };
    } else if (event.type === "diverged") {
      diverged = event.learningRate;
    }
  }, stopRequested);
  await pending;
  if (diverged !== undefined && last === undefined)
    throw new Error(`the loss is no number any more at a learning rate of ${diverged}`);

  const { epoch, weights } = best ?? last!;
  let temperature = 1;
  if (split.validation.length > 0) {
    const { scores } = await trainer.score(split.validation, weights);
    temperature = Math.fround(fitTemperature(scores, labelsOf(split.validation), classes.length));
  }
  const name = split.test.length > 0 ? "test" : "validation";
  const indices = split[name];
  let judged: Extract<PageEvent, { type: "done" }>["judged"] = null;
  let mistakes: Mistake[] = [];
  if (indices.length > 0) {
    const { scores } = await trainer.score(indices, weights);
    const p = probabilities(scores, classes.length, temperature);
    judged = { name, figures: figuresOf(p, labelsOf(indices), classes.length) };
    mistakes = mistakeOf(predictionsOf(name, indices, dataset, scores, p, temperature));
  }
  const facts = { classes, temperature, data: source.name, fit: settings.fit, seed: settings.seed };
  const model = exportModel(recipe, weights, { ...facts, weightsHash: await hashOf(weights) });
  onEvent({ type: "done", model, epoch, stopped, judged, mistakes });
}
