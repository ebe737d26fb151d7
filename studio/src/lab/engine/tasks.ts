/** What the page asks of its worker, and what comes back. */
import type { Epoch, OverfitSetting } from "./overfit.ts";
import type { PictureSet } from "./picture-set.ts";
import type { RaceSetting, Standing } from "./race.ts";
import type { Grown, TemplateSetting } from "./templates.ts";
import type { Factor, UnitLook, UnitSetting, Weights } from "./units.ts";

/** Pictures that the worker draws itself, or the learner's own. */
export type Pictures =
  | { readonly kind: "shapes"; readonly train: number; readonly validation: number; readonly size: number }
  | { readonly kind: "own"; readonly set: PictureSet };

/** By the name of the task: what it takes, what it reports while it works, and what it ends with. */
export interface Tasks {
  race: { asks: { pictures: Pictures; setting: RaceSetting }; reports: Standing; gives: null };
  grow: { asks: { pictures: Pictures; setting: TemplateSetting }; reports: Grown; gives: null };
  contributions: {
    asks: { pictures: Pictures; weights: Float32Array; bias: Float32Array; picture: number; of: number };
    reports: never;
    gives: { readonly map: Float32Array; readonly scores: Float32Array };
  };
  overfit: { asks: { setting: OverfitSetting }; reports: Epoch; gives: null };
  learn: {
    asks: { pictures: Pictures; setting: UnitSetting };
    reports: { readonly epoch: number; readonly accuracy: number };
    gives: Weights;
  };
  look: {
    asks: { pictures: Pictures; setting: UnitSetting; weights: Weights; picture: number; of: number };
    reports: never;
    gives: UnitLook;
  };
  chain: {
    asks: {
      pictures: Pictures;
      setting: UnitSetting;
      weights: Weights;
      look: Pick<UnitLook, "flows">;
      card: number;
      element: number;
    };
    reports: never;
    gives: readonly Factor[];
  };
}
export type TaskName = keyof Tasks;

export interface Asked<Name extends TaskName = TaskName> {
  readonly id: number;
  /** Address of the folder with the files of ONNX Runtime. */
  readonly ort: string;
  readonly name: Name;
  readonly asks: Tasks[Name]["asks"];
}
export type Answer =
  | { readonly id: number; readonly report: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };
