import type { Dataset } from "../../data/index.ts";
import { type Figures, figuresOf, fitTemperature, probabilities } from "../../metrics/index.ts";
import { joined } from "../../onnx/index.ts";
import type { Recipe } from "../../train/index.ts";
import type { WorkerRun } from "../../train/node/index.ts";
import { type BaselineResult, baselineResult, baselineSkipped } from "../baseline.ts";
import { modelFiles } from "../export-model.ts";
import type { JudgedRun, Run, Settings } from "../options.ts";
import { type Judged, predictionsOf } from "../predictions.ts";
import { summary } from "../summary.ts";
import { unknownBy } from "../unknown.ts";
import type { Keeper } from "./keeper.ts";
import { externalAbove } from "./model-file.ts";
import type { RunFolder } from "./run-folder.ts";
import { hashOf } from "./weights-hash.ts";
import { writeReport } from "./write-report.ts";

/** A training that has ended, and what is needed to judge it. */
export interface Ending {
  readonly settings: Settings;
  readonly recipe: Recipe;
  readonly dataset: Dataset;
  readonly keeper: Keeper;
  readonly worker: WorkerRun;
  readonly folder: RunFolder | undefined;
  readonly path: string | null;
  readonly seconds: number;
  readonly interrupted: boolean;
  readonly wantsReport: boolean;
  /** Tells of something that went wrong and does not end the run. */
  warn(text: string): Promise<unknown>;
}

/** A run, with what its model says of the pictures that it is judged by. */
export interface Finished {
  readonly run: Run;
  readonly judged: readonly Judged[];
}

/** Judges the kept weights: T from the validation pictures, one look at the test pictures, then the model file. */
export async function finish(ending: Ending): Promise<Finished> {
  const { settings, recipe, dataset, keeper, worker, folder } = ending;
  const { split, pictures, classes, apart = new Int32Array(0) } = dataset;
  const { weights } = keeper;
  const labelsOf = (indices: Int32Array) => indices.map((index) => pictures.labels[index]);
  const judged: Judged[] = [];
  let temperature = 1;
  const parts = { validation: split.validation, test: split.test, "declared test": apart };
  for (const name of ["validation", "test", "declared test"] as const) {
    const indices = parts[name];
    if (indices.length === 0) continue;
    const { scores } = await worker.score(indices, weights);
    const labels = labelsOf(indices);
    if (name === "validation") temperature = Math.fround(fitTemperature(scores, labels, classes.length));
    const p = probabilities(scores, classes.length, temperature);
    judged.push({
      name,
      figures: figuresOf(p, labels, classes.length),
      predictions: predictionsOf(name, indices, dataset, scores, p, temperature),
    });
  }
  const saidOf = (name: Judged["name"]) => judged.find((one) => one.name === name)?.predictions;
  const unknown = settings.unknown === null ? null : unknownBy(settings.unknown, saidOf("validation")!, saidOf("test"));
  const weightsHash = hashOf(weights);
  const facts = {
    classes,
    temperature,
    data: settings.data,
    fit: settings.fit,
    seed: settings.seed,
    weightsHash,
    ...(unknown ? { unknown: { below: unknown.below, share: unknown.share } } : {}),
    ...(dataset.source.numbers ? { features: dataset.source.numbers.features } : {}),
  };
  const files = modelFiles(recipe, weights, facts, { externalAbove: externalAbove() });
  const shown = judged.find(({ name }) => name === "test") ?? judged.at(-1);
  if (folder !== undefined) {
    await folder.writeModel(files);
    await folder.writePredictions(
      judged.flatMap(({ predictions }) => predictions),
      classes,
    );
    if (shown !== undefined) await folder.writeConfusion(shown.figures.confusion, classes);
  }
  const figuresFor = (name: Judged["name"]) => judged.find((one) => one.name === name)?.figures ?? null;
  const metric = split.validation.length > 0 ? "validation accuracy" : "last epoch";
  const judgedRun: JudgedRun = {
    folder: ending.path,
    classes,
    settings,
    history: keeper.history,
    best: {
      epoch: keeper.best?.epoch ?? 0,
      metric,
      value: keeper.best?.value ?? figuresFor("validation")?.accuracy ?? 0,
    },
    validation: figuresFor("validation"),
    test: figuresFor("test"),
    unknown,
    baseline: await baselineOf(ending, figuresFor("validation"), figuresFor("test")),
    solution: keeper.solution,
    parameters: keeper.parameters,
    seconds: ending.seconds,
    weightsHash,
    interrupted: ending.interrupted,
    stoppedEarly: keeper.stoppedEarly,
    modelData: files.data ?? null,
  };
  await folder?.writeMetrics(judgedRun, figuresFor("declared test"));
  // The thread holds the state up to twice; what is left to do needs none of it.
  await worker.close();
  const report = ending.wantsReport ? await reportOf(ending, judgedRun, shown) : null;
  const run: Run = {
    ...judgedRun,
    report,
    // Made when somebody asks: the pieces hold no copy of the weights, and the whole does.
    get model() {
      return joined(files.model);
    },
  };
  await folder?.appendEvent(summary(run));
  return { run, judged };
}

/** Where the report was written. The run is whole without it, so that what goes wrong is told, and no more. */
async function reportOf(
  { recipe, dataset, keeper, folder, warn }: Ending,
  run: JudgedRun,
  judged: Judged | undefined,
): Promise<string | null> {
  if (folder === undefined) return null;
  const { weights, iterations, device } = keeper;
  try {
    return await writeReport(folder, { run, recipe, weights, dataset, judged, iterations, device });
  } catch (error) {
    await warn(`report.html could not be written: ${(error as Error).message}`);
    return null;
  }
}

async function baselineOf(
  { settings, dataset, worker, interrupted }: Ending,
  validation: Figures | null,
  test: Figures | null,
): Promise<BaselineResult> {
  const skipped = baselineSkipped({
    optimizer: settings.optimizer,
    judged: (validation?.images ?? 0) + (test?.images ?? 0),
    softTargets: dataset.pictures.targets !== undefined,
    interrupted,
  });
  return skipped === undefined ? baselineResult(await worker.baseline(), validation, test) : { skipped };
}
