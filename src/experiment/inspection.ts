/** What is told of one picture of a run; plain data, for a page. */
import type { Numbers, UnitFacts, UnitReport } from "../explain/index.ts";

/** What the network says of one class. */
export interface ClassScore {
  readonly label: string;
  readonly probability: number;
  /** What the network computes, before softmax. */
  readonly score: number;
}

/** What one number of the input adds to the score: its distance from the training mean, in deviations, times its gradient. */
export interface Contribution {
  readonly feature: string;
  /** As it is in the data. */
  readonly value: number;
  /** (value − mean) / deviation over the training rows. */
  readonly standardized: number;
  readonly contribution: number;
}

/** A small picture in a page. */
export interface Shown {
  /** A data URL. */
  readonly url: string;
  readonly height: number;
  readonly width: number;
  /** Its pixels are as high as they are wide. */
  readonly square: boolean;
}

type WithShown<T extends Numbers> = Omit<T, "part"> & { readonly text: string; readonly image?: Shown };

/** Numbers of a unit, with their small picture as a page takes it. */
export type ShownNumbers = WithShown<Numbers>;

type Told<T extends UnitFacts> = Omit<T, "value" | "gradient" | "parameters"> & {
  readonly value: ShownNumbers;
  readonly gradient?: ShownNumbers;
};
export type ShownParameter = Told<UnitFacts>;
export type ShownUnit = Told<UnitReport> & { readonly parameters: readonly ShownParameter[] };

/** All that flows through a network for one example, up to its loss. */
export interface Walk {
  readonly scores: readonly ClassScore[];
  /** The class that the loss is about. */
  readonly truth: string;
  readonly loss: number;
  /** The name of the loss. */
  readonly lossName: string;
  readonly units: readonly ShownUnit[];
}

/** Where the score of a class comes from. */
export interface Sight {
  readonly scores: readonly ClassScore[];
  readonly explained: string;
  readonly method: string;
  /** What the method says, in a line. */
  readonly summary: string;
  /** Of a picture: it with the map over it, and the map alone, as data URLs. */
  readonly overlay?: Shown;
  readonly layer?: Shown;
  /** The share of the map that lies beside the picture. */
  readonly outside?: number;
  /** Of a row of numbers. */
  readonly contributions?: readonly Contribution[];
}

/** One picture that is not what its label says. */
export interface Correction {
  readonly path: string;
  /** What the data says. */
  readonly was: string;
  /** What it is; null where it is to be left out. */
  readonly label: string | null;
}
