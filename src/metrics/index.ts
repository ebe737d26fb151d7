export { accuracy, confusionMatrix, predictedClass } from "./accuracy.ts";
export { fitTemperature, logLoss, probabilities, surprisal } from "./temperature.ts";
