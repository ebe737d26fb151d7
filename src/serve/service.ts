import type { Answer } from "../experiment/index.ts";

/** A model that answers, whatever runs it. */
export interface Service {
  readonly classes: readonly string[];
  /** The names of the features of a model of numbers. */
  readonly features?: readonly string[];
  /** The probability below which an answer is unknown; 0 where every answer counts. */
  readonly unknownBelow: number;
  /** For people: which runtime, on what. */
  readonly device: string;
  /**
   * What is on a picture, given the bytes of its file.
   * @throws UnreadablePicture
   */
  picture(bytes: Uint8Array, top: number): Promise<Answer>;
  /** Of rows [rows, features]. */
  rows(values: Float32Array, top: number): Promise<Answer[]>;
}

/** The body of a request in memory, until it is let go. */
export interface Body {
  readonly bytes: Uint8Array<ArrayBuffer>;
  release(): void;
}
