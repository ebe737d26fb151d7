import { UsageError } from "../../../core/index.ts";
import { type Answers, difference } from "./answers.ts";

/** Two answers count as the same up to this difference in every probability. */
export const TOLERANCE = 1e-5;

/** How far a runtime's answers are from the run's own. */
export interface Agreement {
  /** Where the file ran, for people. */
  readonly device: string;
  /** The largest difference in probability, over all pictures and classes. */
  readonly largest: number;
  /** The picture with that difference. */
  readonly at: string;
  /** Pictures whose most probable class is another one. */
  readonly otherLabels: number;
}

/** The evidence that a file answers as its run did. */
export interface Proof {
  readonly pictures: number;
  readonly tolerance: number;
  readonly runtimes: readonly Agreement[];
  /** Against `predictions.csv`, which the run wrote; null where it names none of the pictures. */
  readonly predictions: { readonly pictures: number; readonly largest: number; readonly at: string } | null;
}

/** The most probable class of row `row`; the first of equals. */
export function best(probabilities: ArrayLike<number>, row: number, classes: number): number {
  let found = 0;
  for (let c = 1; c < classes; c++) {
    if (probabilities[row * classes + c]! > probabilities[row * classes + found]!) found = c;
  }
  return found;
}

/** Compares answers of several places with those of a reference. */
export function agreements(
  { pictures, classes, byPlace }: Answers,
  reference: ArrayLike<number>,
  places: readonly string[],
): Agreement[] {
  return places.map((name) => {
    const { device, probabilities } = byPlace.get(name)!;
    const { largest, at } = difference(probabilities, reference, classes);
    const otherLabels = pictures.filter((_, row) => {
      const [own, other] = [best(probabilities, row, classes), best(reference, row, classes)];
      // Two classes within the tolerance of each other are a tie, which rounding may break either way.
      const tie = Math.abs(reference[row * classes + own]! - reference[row * classes + other]!) <= TOLERANCE;
      return own !== other && !tie;
    }).length;
    return { device, largest, at: pictures[at]?.path ?? "", otherLabels };
  });
}

/** predictions.csv has six decimals. */
const ROUNDED = 5e-7;

/** How far the run's network, asked again, is from what the run wrote down when it ended. */
export function againstPredictions(
  { pictures, classes, byRun }: Answers,
  names: readonly string[],
): Proof["predictions"] {
  let counted = 0;
  let largest = 0;
  let at = "";
  pictures.forEach(({ said, path }, row) => {
    if (said === undefined) return;
    counted++;
    const apart = Math.abs(byRun[row * classes + names.indexOf(said.label)]! - said.probability);
    if (apart <= largest) return;
    [largest, at] = [Number.isNaN(apart) ? Infinity : apart, path];
  });
  return counted === 0 ? null : { pictures: counted, largest, at };
}

/**
 * Refuses a file that answers differently.
 * @throws UsageError naming the runtime, the picture and the difference
 */
export function refuseUnlike(file: string, { runtimes, predictions, tolerance }: Proof): void {
  for (const { device, largest, at, otherLabels } of runtimes) {
    if (largest <= tolerance && otherLabels === 0) continue;
    throw new UsageError(
      file,
      `refused: in ${device} a probability differs by ${largest.toExponential(1)} from the run's own, at ${at}; ${tolerance} is allowed`,
      "report it with the run folder; a newer onnxruntime-node or onnxruntime-web may answer alike",
      1,
    );
  }
  if (predictions === null || predictions.largest <= tolerance + ROUNDED) return;
  throw new UsageError(
    file,
    `refused: the run's network differs by ${predictions.largest.toExponential(1)} from its own predictions.csv, at ${predictions.at}`,
    "the picture was changed since, or read otherwise; restore it, or name unchanged pictures with --data",
    1,
  );
}
