/** Data without Node: everything here also loads in a browser. What reads files is in `./node/index.ts`. */
export { areaMeans } from "./area-means.ts";
export {
  type AugmentationChoice,
  type AugmentOption,
  augmentations,
  mixes,
  type PresetName,
  presets,
  settleAugment,
} from "./augment/index.ts";
export { Augmenter, type AugmenterRequest, type Mixture } from "./augmenter.ts";
export { balancedOrder, balanceWeights, rareClasses } from "./balance.ts";
export { epochOrder, gather, gatherRows } from "./batch.ts";
export { countFacts, countReasons, type FactCounts, noFacts, notesOnFacts } from "./facts.ts";
export { featureStatistics } from "./feature-statistics.ts";
export { type FoldsRequest, makeFolds } from "./folds.ts";
export { dealGroups, type Groups, groupsOf } from "./groups.ts";
export { checkTargets, checkWeights, exampleWeights } from "./importance.ts";
export { type Layout, layoutOf } from "./layout.ts";
export {
  allocatePixels,
  type Fill,
  type Filled,
  type Loaded,
  type LoadOptions,
  load,
  type PictureSize,
  type ReadOptions,
  type ReadRows,
  readRows,
  reasonOf,
} from "./load.ts";
export { pictureAt } from "./picture.ts";
export { type Admit, PixelBudget } from "./pixel-budget.ts";
export { type ShapesOptions, shapesClasses, shapesDefaults, shapesSource } from "./shapes.ts";
export { declaredByGroup, makeSplit, type SplitRequest, splitDefaults, splitNames } from "./split.ts";
export { type SplitFile, splitFromJson, splitToJson } from "./split-file.ts";
export { type ChannelStatistics, channelStatistics } from "./statistics.ts";
export {
  type FileStore,
  type MemoryStore,
  memoryRows,
  type PixelRows,
  type PixelStore,
  rowBytes,
  type StoredPictures,
} from "./store.ts";
export type {
  Dataset,
  Geometry,
  NumberRows,
  Picture,
  PictureFacts,
  Pictures,
  Skipped,
  Source,
  Split,
  SplitName,
  Uniform,
} from "./types.ts";
export { type UnreadableKind, UnreadablePicture } from "./unreadable.ts";
