import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sizeOf, UsageError } from "../../../core/index.ts";
import { network } from "../../../train/index.ts";
import { modelFiles } from "../../export-model.ts";
import { makeFolder } from "../atomic-file.ts";
import { externalAbove, moveModel, openModelFile, writeModel } from "../model-file.ts";
import { ask, difference, type Place } from "./answers.ts";
import { type GoldenSet, goldenOf, type HeldOut } from "./golden.ts";
import type { OpenedRun } from "./open-run.ts";
import type { ExportOptions } from "./options.ts";
import { placesOf } from "./places.ts";
import { best, TOLERANCE } from "./prove.ts";

/** Accuracy of the same pictures with weights as they are, and as bytes. */
export interface BeforeAfter {
  readonly pictures: number;
  readonly before: number;
  readonly after: number;
}

/** What became of a model whose weights are bytes. */
export interface Quantized {
  readonly model: string;
  readonly bytes: number;
  /** Of weights, biases and scales, against the float32 of all that the network knows. */
  readonly weightBytes: { readonly before: number; readonly after: number };
  /** The largest difference in probability between the runtimes, on the golden pictures. */
  readonly runtimes: number;
  /** The largest difference in probability from the model whose weights are float32. */
  readonly change: number;
  /** null where the run has no such pictures, or its data are gone. */
  readonly accuracy: { readonly validation: BeforeAfter | null; readonly test: BeforeAfter | null };
}

/**
 * Writes `model.int8.onnx` beside a proven model. Its own proof: the runtimes answer alike within 1e-5; and what the bytes
 * cost is counted on all validation and test pictures.
 * @throws UsageError when the runtimes differ, and then there is no file
 */
export async function quantizeRun(
  run: OpenedRun,
  held: HeldOut | string,
  golden: GoldenSet,
  float: string,
  options: ExportOptions,
): Promise<Quantized> {
  const { onProgress, signal } = options;
  const file = join(dirname(float), "model.int8.onnx");
  const aside = `${file}.unproven`;
  const unproven = join(aside, "model.int8.onnx");
  await makeFolder(aside);
  try {
    const layout = { precision: "int8", name: "model.int8.onnx", externalAbove: externalAbove() } as const;
    const bytes = await writeModel(unproven, modelFiles(run.recipe, run.weights, run.facts, layout));
    const { places } = await placesOf(await openModelFile(unproven));
    const first: Place = { name: "float32", model: (await openModelFile(float)).model, device: places[0]!.device };
    const answers = await ask(run, golden.pictures, [first, ...places], {
      own: false,
      onProgress: (done) => onProgress?.({ done, total: golden.pictures.length, what: "proving int8" }),
      ...(signal ? { signal } : {}),
    });
    const of = (name: string) => answers.byPlace.get(name)!.probabilities;
    const own = of(places[0]!.name);
    const { largest, at } = difference(own, of(places.at(-1)!.name), answers.classes);
    if (largest > TOLERANCE) {
      const picture = answers.pictures[at]!.path;
      const what = `refused: native and Wasm ONNX Runtime differ by ${largest.toExponential(1)} at ${picture}`;
      throw new UsageError(file, what, "ship the model without --quantize", 1);
    }
    const judge = (part: Part) => judged(run, held, part, [first, { ...places[0]!, name: "int8" }], options);
    const accuracy = { validation: await judge("validation"), test: await judge("test") };
    await moveModel(unproven, file);
    return {
      ...{ model: file, bytes, weightBytes: weightBytes(run), runtimes: largest, accuracy },
      change: difference(own, of("float32"), answers.classes).largest,
    };
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** One byte a weight, four a bias, and four for the scale of each unit, which are as many as it has biases. */
function weightBytes({ recipe }: OpenedRun): Quantized["weightBytes"] {
  let [before, after] = [0, 0];
  const { parameters, buffers } = network(recipe, 1);
  for (const { shape, tensor } of [...parameters, ...buffers]) {
    const size = sizeOf(shape);
    const units = shape.length === 2 ? shape[1]! : shape[0]!;
    before += 4 * size;
    after += tensor.attrs.role === "weight" ? size + 4 * units : 4 * size;
  }
  return { before, after };
}

type Part = "validation" | "test";

async function judged(
  run: OpenedRun,
  held: HeldOut | string,
  part: Part,
  places: readonly [float: Place, int8: Place],
  { onProgress, signal }: ExportOptions,
): Promise<BeforeAfter | null> {
  if (typeof held === "string" || held.indices[part].length === 0) return null;
  const goldens = held.indices[part].map((index) => goldenOf(held.source, index));
  const { pictures, byPlace, classes } = await ask(run, goldens, places, {
    own: false,
    onProgress: (done) => onProgress?.({ done, total: goldens.length, what: `judging, ${part}` }),
    ...(signal ? { signal } : {}),
  });
  const accuracyOf = ({ name }: Place) => {
    const { probabilities } = byPlace.get(name)!;
    return pictures.filter(({ label }, row) => best(probabilities, row, classes) === label).length / pictures.length;
  };
  return { pictures: pictures.length, before: accuracyOf(places[0]), after: accuracyOf(places[1]) };
}
