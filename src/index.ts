/** Argmin, the library: train, evaluate and ship image classifiers. The graph underneath is `argmin/graph`. */
import { type ShapesOptions, type Source, shapesSource } from "./data/index.ts";
import { folderSource, idxSource } from "./data/node/index.ts";

export { UsageError } from "./core/index.ts";
export {
  type AugmentationChoice,
  type AugmentOption,
  type BlurOptions,
  type BrightnessOptions,
  blur,
  brightness,
  type ContrastOptions,
  type CutmixOptions,
  contrast,
  cutmix,
  type ErasingOptions,
  erasing,
  type FlipOptions,
  flip,
  type GreyOptions,
  grey,
  type MixupOptions,
  mixup,
  type NoiseOptions,
  noise,
  type PresetName,
  type RotateOptions,
  rotate,
  type SaturationOptions,
  type ScaleOptions,
  type ShearOptions,
  type ShiftOptions,
  saturation,
  scale,
  shear,
  shift,
} from "./data/augment/index.ts";
export type { Picture, ShapesOptions, Source } from "./data/index.ts";
export { decodePicture } from "./data/node/index.ts";
export type {
  BaselineResult,
  EpochRow,
  ExperimentEvent,
  Run,
  Settings,
  TrainOptions,
} from "./experiment/index.ts";
export { auto } from "./experiment/index.ts";
export {
  type Classifier,
  type ClassScore,
  type Contribution,
  type CrossValidation,
  type CrossValidationEvent,
  type CrossValidationOptions,
  crossValidate,
  type EvaluateOptions,
  type EvaluationResult,
  type ExplainOptions,
  type Explanation,
  evaluate,
  explain,
  type FindLearningRateOptions,
  type FoldFigures,
  type FoldPrediction,
  type FoldResult,
  type FoldSummary,
  findLearningRate,
  type LearningRateSearch,
  openClassifier,
  type PicturePrediction,
  type PredictOptions,
  predict,
  type ResumeOptions,
  resume,
  type Spread,
  type Spreads,
  type TrialEvent,
  type Tuned,
  type TuneOptions,
  train,
  tune,
} from "./experiment/node/index.ts";
export {
  crammerSinger,
  crossEntropy,
  type FocalOptions,
  focal,
  type HingeOptions,
  type HuberOptions,
  hinge,
  huber,
  kullbackLeibler,
  type LossChoice,
  mae,
  mse,
  oneVsRestHinge,
  oneVsRestLogistic,
  oneVsRestSquaredHinge,
  type SmoothingOptions,
  squaredHinge,
} from "./losses/index.ts";
export type { ClassFigures, Figures, Interval, ReliabilityBin } from "./metrics/index.ts";
export {
  type CnnOptions,
  cnn,
  type FastnetOptions,
  fastnet,
  linear,
  type MlpOptions,
  type ModelChoice,
  mlp,
  type ResnetOptions,
  resnet,
  type VitOptions,
  vit,
} from "./models/index.ts";
export {
  type AdadeltaOptions,
  type AdagradOptions,
  type AdamOptions,
  type AdamwOptions,
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  type DecayOptions,
  gradientDescent,
  type LionOptions,
  lion,
  type MomentOptions,
  type MomentumOptions,
  type MuonOptions,
  momentum,
  muon,
  type NadamOptions,
  type NesterovOptions,
  nadam,
  nesterov,
  type OptimizerChoice,
  type RadamOptions,
  type RmspropOptions,
  type RpropOptions,
  radam,
  rmsprop,
  rprop,
  sgd,
} from "./optimizers/index.ts";
export {
  type ElasticNetOptions,
  elasticNet,
  l1,
  l2,
  type MaxNormOptions,
  maxNorm,
  type RegularizerChoice,
} from "./regularizers/index.ts";
export {
  type CosineOptions,
  constantRate,
  cosine,
  type ExponentialOptions,
  exponentialDecay,
  type LinearOptions,
  linearDecay,
  type MultiStepOptions,
  multiStepDecay,
  type OneCycleOptions,
  oneCycle,
  type PlateauOptions,
  type PolynomialOptions,
  polynomialDecay,
  reduceOnPlateau,
  type ScheduleChoice,
  type StepOptions,
  stepDecay,
  type WarmRestartsOptions,
  type WarmUp,
  warmRestarts,
} from "./schedules/index.ts";
export {
  closedForm,
  conjugateGradient,
  dualCoordinate,
  fista,
  type LbfgsOptions,
  type Limits,
  lbfgs,
} from "./solvers/index.ts";
export { Space } from "./space/index.ts";
export { type Ask, type Believed, beliefOf, type Sampler, samplers, type Trial } from "./tune/index.ts";

/**
 * A folder of class folders: `photos/cat/1.jpg`, `photos/dog/2.png`; nested is fine, with or without train/, val/, test/.
 * @throws UsageError when the folder is missing, empty, or holds one class only
 */
export const imageFolder = (path: string): Promise<Source> => folderSource(path);

/**
 * A folder of IDX files, gzipped or not: MNIST, Fashion-MNIST. The t10k files are the test pictures.
 * @throws UsageError when a file is missing, cut short, or has more labels than pictures
 */
export const idxFolder = (path: string): Promise<Source> => idxSource(path);

/** `builtin:shapes`: ten kinds of shapes in 32×32 colour, drawn on the spot. */
export const shapes = (options: ShapesOptions = {}): Source => shapesSource(options);
