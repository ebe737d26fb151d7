import { UsageError } from "../../core/index.ts";
import { PixelBudget, type Source } from "../../data/index.ts";
import { alignFeatures } from "../../data/node/index.ts";
import type { Classifier } from "./classifier.ts";

/** Rows that the model is given at once. */
const CHUNK = 1024;

/**
 * Asks a model about single rows, which it is given many at once.
 * @param values [rows, features], in the order of the model's features
 * @returns the probabilities [classes] of a row by its index
 */
export function askedByRow(classifier: Classifier, values: Float32Array): (index: number) => Promise<Float32Array> {
  const width = classifier.features!.length;
  const { length: classes } = classifier.classes;
  const chunks = new Map<number, Promise<Float32Array>>();
  return async (index) => {
    const chunk = Math.floor(index / CHUNK);
    const known = chunks.get(chunk);
    const asked = known ?? classifier.classifyRows(values.slice(chunk * CHUNK * width, (chunk + 1) * CHUNK * width));
    if (known === undefined) chunks.set(chunk, asked);
    const at = (index - chunk * CHUNK) * classes;
    return (await asked).subarray(at, at + classes);
  };
}

/**
 * What a model says of each item of a source, picture or row of numbers.
 * @throws UsageError when the one is of pictures and the other of numbers, or features are missing
 */
export function askedAbout(classifier: Classifier, source: Source): (index: number) => Promise<Float32Array> {
  refuseOtherKind(classifier, source.name, source.numbers !== undefined);
  const { numbers } = source;
  if (numbers === undefined) {
    const budget = new PixelBudget();
    return (index) => budget.within(async (admit) => classifier.classify(await source.read(index, admit)));
  }
  const { features } = classifier;
  const values = new Float32Array(source.paths.length * features!.length);
  alignFeatures(numbers, features!, source.name, values);
  return askedByRow(classifier, values);
}

/** @throws UsageError when a model of pictures is given numbers, or one of numbers pictures */
export function refuseOtherKind({ features, path }: Classifier, where: string, isNumbers: boolean): void {
  if ((features !== undefined) === isNumbers) return;
  const [knows, given] = isNumbers ? ["pictures", "numbers"] : [`${features!.length} numbers an example`, "pictures"];
  throw new UsageError(
    where,
    `it holds ${given}, and ${path} was trained on ${knows}`,
    "give data of the same kind",
    1,
  );
}
