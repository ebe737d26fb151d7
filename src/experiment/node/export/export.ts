import { rm } from "node:fs/promises";
import { join } from "node:path";
import { UsageError, VERSION } from "../../../core/index.ts";
import type { Skipped } from "../../../data/index.ts";
import { modelFiles } from "../../export-model.ts";
import type { Unknown } from "../../options.ts";
import { makeFolder, writeAtomic } from "../atomic-file.ts";
import { externalAbove, moveModel, openModelFile, writeModel } from "../model-file.ts";
import { type Answers, ask } from "./answers.ts";
import { calibrated } from "./calibrate.ts";
import { goldenSet, heldOut } from "./golden.ts";
import { openRun } from "./open-run.ts";
import { type ExportOptions, GOLDEN_PICTURES } from "./options.ts";
import { placesOf } from "./places.ts";
import { againstPredictions, agreements, type Proof, refuseUnlike, TOLERANCE } from "./prove.ts";
import { type Quantized, quantizeRun } from "./quantize.ts";
import { type ExportedTraining, refuseSolved, writeTraining } from "./training.ts";
import { refuseNumbers, writeWeb } from "./web.ts";

/** What was written, and the evidence for it. */
export interface Exported {
  readonly folder: string;
  /** The model file. */
  readonly model: string;
  readonly bytes: number;
  readonly proof: Proof;
  /** Which pictures it was proven on: held-out, training or drawn. */
  readonly origin: string;
  readonly skipped: readonly Skipped[];
  /** The model with weights as bytes, where it was asked for. */
  readonly int8: Quantized | null;
  /** The folder of the page, where it was asked for. */
  readonly web: string | null;
  /** The folder of the training step, where it was asked for. */
  readonly training: ExportedTraining | null;
  /** What the new threshold does, where one was asked for. */
  readonly unknown: Unknown | null;
  readonly notes: readonly string[];
}

/**
 * Writes the model of a finished run as a file for others, and proves it: the written file is read back and runs in native
 * and in Wasm ONNX Runtime over golden pictures, decoded at their own size, and its probabilities are held against those of
 * the run's own network. `golden.json` beside it is the evidence.
 *
 * @param path a run folder
 * @throws UsageError when a probability differs by more than 1e-5, and then there is no file
 */
export async function exportRun(path: string, options: ExportOptions = {}): Promise<Exported> {
  const count = options.pictures ?? GOLDEN_PICTURES;
  if (!Number.isInteger(count) || count < 1) {
    throw new UsageError("pictures", `is ${count}`, "give a whole number, 1 or more");
  }
  const opened = await openRun(path);
  const { run, unknown } =
    options.unknown === undefined ? { run: opened, unknown: null } : await calibrated(opened, options.unknown);
  if (options.web) refuseNumbers(run);
  if (options.training) refuseSolved(run);
  const held = await heldOut(run, options.data);
  const golden = await goldenSet(run, held, count);
  const folder = options.out ?? join(path, "export");
  await makeFolder(folder);
  const model = join(folder, "model.onnx");
  // A folder, since a model and its weights find each other by their names.
  const aside = `${model}.unproven`;
  const unproven = join(aside, "model.onnx");
  await makeFolder(aside);
  try {
    const files = modelFiles(run.recipe, run.weights, run.facts, { externalAbove: externalAbove() });
    const bytes = await writeModel(unproven, files);
    const { places, notes } = await placesOf(await openModelFile(unproven));
    const answers = await ask(run, golden.pictures, places, {
      own: true,
      onProgress: (done) => options.onProgress?.({ done, total: golden.pictures.length, what: "proving" }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    if (answers.pictures.length === 0) {
      throw new UsageError(path, "none of the golden pictures can be read", "look at the files of the data", 1);
    }
    const proof = proofOf(answers, run.facts.classes);
    refuseUnlike(model, proof);
    await writeAtomic(join(folder, "golden.json"), evidence(answers, proof, golden.origin));
    await moveModel(unproven, model);
    const int8 = options.quantize === undefined ? null : await quantizeRun(run, held, golden, model, options);
    const web = options.web ? await writeWeb(run, folder, int8?.model ?? model) : null;
    const training = options.training ? await writeTraining(run, folder) : null;
    return {
      ...{ folder, model, bytes, proof, int8, web, training, unknown },
      origin: golden.origin,
      skipped: answers.skipped,
      notes: [...golden.notes, ...notes],
    };
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

function proofOf(answers: Answers, classes: readonly string[]): Proof {
  return {
    pictures: answers.pictures.length,
    tolerance: TOLERANCE,
    runtimes: agreements(answers, answers.byRun, [...answers.byPlace.keys()]),
    predictions: againstPredictions(answers, classes),
  };
}

/** `golden.json`: the proof, then each picture with what the run says of it. */
function evidence({ pictures, classes, byRun }: Answers, proof: Proof, origin: string): string {
  const rows = pictures.map(({ path }, row) => ({
    path,
    probabilities: Array.from(byRun.subarray(row * classes, (row + 1) * classes), (p) => Number(p.toFixed(8))),
  }));
  return `${JSON.stringify({ argmin: VERSION, ...proof, pictures: rows.length, origin, expected: rows }, undefined, 1)}\n`;
}
