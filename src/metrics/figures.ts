import { confusionMatrix } from "./accuracy.ts";
import { calibrationError, type ReliabilityBin, reliabilityCurve } from "./calibration.ts";
import { balancedAccuracy, type ClassFigures, classFigures, macroF1 } from "./classification.ts";
import { logLoss } from "./temperature.ts";
import { topK } from "./top-k.ts";
import { type Interval, wilson } from "./wilson.ts";

/** How good probabilities are, on so many pictures. */
export interface Figures {
  readonly images: number;
  /** Share of pictures whose most probable class is the true one. */
  readonly accuracy: number;
  /** The 95 % interval of the accuracy by Wilson. */
  readonly interval: Interval;
  /** Log loss in nats: the mean of −ln p of the true class. */
  readonly loss: number;
  /** Expected calibration error over 15 bins, [0, 1]. */
  readonly calibrationError: number;
  /** Mean recall over the classes that there are. */
  readonly balancedAccuracy: number;
  /** Mean F1 over the classes that there are or that were predicted. */
  readonly macroF1: number;
  /** Share of pictures whose true class is among the k most probable ones; for k = 3 and 5 where there are more classes. */
  readonly topK: readonly { readonly k: number; readonly accuracy: number }[];
  /** In the order of the classes. */
  readonly perClass: readonly ClassFigures[];
  readonly reliability: readonly ReliabilityBin[];
  /** Counts [true class][predicted class]. */
  readonly confusion: readonly (readonly number[])[];
}

/**
 * All figures of one set of pictures.
 * @param p probabilities [count, classes], whose rows sum to 1; count ≥ 1
 * @param labels [count]
 */
export function figuresOf(p: Float64Array, labels: Int32Array, classes: number): Figures {
  const confusion = confusionMatrix(p, labels, classes);
  const right = confusion.reduce((total, row, c) => total + row[c], 0);
  const perClass = classFigures(confusion);
  const reliability = reliabilityCurve(p, labels, classes);
  return {
    images: labels.length,
    accuracy: right / labels.length,
    interval: wilson(right, labels.length),
    loss: logLoss(p, labels, classes),
    calibrationError: calibrationError(reliability),
    balancedAccuracy: balancedAccuracy(perClass),
    macroF1: macroF1(perClass),
    topK: [3, 5].filter((k) => k < classes).map((k) => ({ k, accuracy: topK(p, labels, classes, k) })),
    perClass,
    reliability,
    confusion,
  };
}
