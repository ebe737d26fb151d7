export { type Progress, readAlive } from "./alive.ts";
export { type Classifier, inOrder, openClassifier } from "./classifier.ts";
export { askedByRow } from "./classify-rows.ts";
export { readConfig } from "./config-file.ts";
export { type EvaluateOptions, type EvaluationResult, evaluate } from "./evaluate.ts";
export { type ClassScore, type Contribution, type ExplainOptions, type Explanation, explain } from "./explain/index.ts";
export {
  type Agreement,
  type BeforeAfter,
  type Exported,
  type ExportOptions,
  exportRun,
  GOLDEN_PICTURES,
  type Proof,
  type Quantized,
} from "./export/index.ts";
export {
  type FindLearningRateOptions,
  findLearningRate,
  type LearningRateSearch,
} from "./find-learning-rate.ts";
export {
  type CrossValidation,
  type CrossValidationEvent,
  type CrossValidationOptions,
  crossValidate,
  type FoldFigures,
  type FoldPrediction,
  type FoldResult,
  type FoldSummary,
  type Spread,
  type Spreads,
} from "./folds.ts";
export { type PicturePrediction, type PredictOptions, predict } from "./predict.ts";
export { type ResumeOptions, resume } from "./resume.ts";
export { csvField } from "./run-folder.ts";
export { readSpaceFile } from "./space-file.ts";
export { holdsNumbers, openData, train } from "./train.ts";
export { finishTrial, retrain } from "./tune/best.ts";
export {
  createStudy,
  type OpenStudy,
  openStudy,
  type RunTrialsOptions,
  search,
  type TrialEvent,
  type TuneExperiment,
  wantToRun,
  workFor,
} from "./tune/search.ts";
export { TrialTrainer } from "./tune/trainer.ts";
export { type Tuned, type TuneOptions, tune } from "./tune/tune.ts";
export { type WarmStart, warmStart } from "./tune/warm-start.ts";
export { writeStudyPage } from "./write-study-page.ts";
