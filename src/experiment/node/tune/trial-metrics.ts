import { join } from "node:path";
import { figuresOf, fitTemperature, probabilities } from "../../../metrics/index.ts";
import { joined } from "../../../onnx/index.ts";
import type { Model } from "../../../runtime/index.ts";
import { type RemoteModel, remoteModel } from "../../../runtime/node/index.ts";
import { type ModelFiles, modelFiles } from "../../export-model.ts";
import type { Ending } from "../finish.ts";
import { externalAbove, openModelFile } from "../model-file.ts";
import type { RunFolder } from "../run-folder.ts";
import { hashOf } from "../weights-hash.ts";

/** How often a model answers before and while it is timed. */
const WARM_UP = 5;
const TIMED = 31;

/**
 * Judges a trial by its validation pictures alone: a search that looked at the test pictures would choose by them. Nothing is written but
 * the model file.
 * @param latency whether to time an answer of the model file, in milliseconds for one picture
 * @returns undefined where the trial has not come to its end
 */
export async function trialMetrics(
  ending: Ending,
  latency: boolean,
): Promise<Readonly<Record<string, number>> | undefined> {
  const { settings, recipe, dataset, keeper, worker, folder } = ending;
  if (ending.interrupted) return undefined;
  const { split, pictures, classes } = dataset;
  const { weights } = keeper;
  const labels = split.validation.map((index) => pictures.labels[index]);
  const { scores } = await worker.score(split.validation, weights);
  const temperature = Math.fround(fitTemperature(scores, labels, classes.length));
  const figures = figuresOf(probabilities(scores, classes.length, temperature), labels, classes.length);
  const facts = {
    ...{ classes, temperature, data: settings.data, fit: settings.fit, seed: settings.seed },
    weightsHash: hashOf(weights),
    ...(dataset.source.numbers ? { features: dataset.source.numbers.features } : {}),
  };
  const files = modelFiles(recipe, weights, facts, { externalAbove: externalAbove() });
  await folder?.writeModel(files);
  const { accuracy, balancedAccuracy, macroF1, loss, calibrationError } = figures;
  return {
    ...{ accuracy, balancedAccuracy, macroF1, loss, calibrationError },
    epoch: keeper.best?.epoch ?? 0,
    parameters: keeper.parameters,
    modelBytes: [...files.model, ...(files.data ?? [])].reduce((total, { length }) => total + length, 0),
    seconds: Number(ending.seconds.toFixed(3)),
    ...(latency ? { latencyMs: await latencyOf(await opened(files, folder), ending) } : {}),
  };
}

/** The written file, or its bytes where there is no folder. */
const opened = async (files: ModelFiles, folder: RunFolder | undefined): Promise<Model> =>
  folder === undefined ? joined(files.model) : (await openModelFile(join(folder.path, "model.onnx"))).model;

/** The median time of an answer for one picture of the size that was trained on, or one row. */
async function latencyOf(file: Model, { settings, recipe }: Ending): Promise<number> {
  const { kind, height, width } = recipe;
  const model: RemoteModel = await remoteModel(file, settings.device);
  try {
    const input =
      kind === "numbers"
        ? { features: { dtype: "float32" as const, shape: [1, width], data: new Float32Array(width) } }
        : {
            pixels: {
              ...{ dtype: "uint8" as const, shape: [height, width, 3] },
              data: new Uint8Array(3 * height * width).fill(127),
            },
          };
    const times: number[] = [];
    for (let i = 0; i < WARM_UP + TIMED; i++) {
      const begun = performance.now();
      await model.run(input);
      if (i >= WARM_UP) times.push(performance.now() - begun);
    }
    return Number(times.sort((a, b) => a - b)[TIMED >> 1].toFixed(4));
  } finally {
    await model.close();
  }
}
