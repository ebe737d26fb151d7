export { accuracy, confusionMatrix, predictedClass, predictedClasses } from "./accuracy.ts";
export { BINS, calibrationError, type ReliabilityBin, reliabilityCurve } from "./calibration.ts";
export { balancedAccuracy, type ClassFigures, classFigures, macroF1 } from "./classification.ts";
export { type Figures, figuresOf } from "./figures.ts";
export { fitTemperature, logLoss, probabilities, surprisal } from "./temperature.ts";
export { topK } from "./top-k.ts";
export { type Judgement, type Rejection, rejectionBelow, unknownThreshold } from "./unknown.ts";
export { type Interval, wilson } from "./wilson.ts";
