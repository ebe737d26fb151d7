export { accuracy, confusionMatrix, predictedClass } from "./accuracy.ts";
export { fitTemperature, logLoss, probabilities } from "./temperature.ts";
