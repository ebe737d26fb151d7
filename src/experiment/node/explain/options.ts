import type { HeatMap, Method, Raster } from "../../../explain/index.ts";
import type { Device } from "../../../runtime/index.ts";
import type { ClassScore, Contribution } from "../../inspection.ts";

export type { ClassScore, Contribution };

export interface ExplainOptions {
  /** The class whose score is explained, by its name; the predicted one unless said. */
  readonly class?: string;
  /** grad-cam, hires-cam, saliency or input-gradient; Grad-CAM where there is a convolution, else input × gradient. */
  readonly method?: string;
  /** The folder to write; nothing is written unless said. */
  readonly out?: string;
  /** Also the graph of the network, with the value and the gradient of each unit. */
  readonly graph?: boolean;
  /** Which row of a file of numbers, from 1. */
  readonly row?: number;
  readonly device?: Device | "auto";
}

/** Where the score of one class comes from, for one picture or one row of numbers. */
export interface Explanation {
  /** The file, or the file and line of a row. */
  readonly picture: string;
  /** Every class, the most probable first, which is `predicted`. */
  readonly scores: readonly ClassScore[];
  readonly predicted: string;
  /** Present where even that is less probable than the model's threshold: `predict` calls the picture unknown. */
  readonly unknown?: true;
  /** The class that is explained. */
  readonly explained: string;
  readonly method: Method["name"];
  /** Of a picture: the map as the method makes it, and laid over the picture. */
  readonly heat?: {
    readonly map: HeatMap;
    readonly overlay: Raster<3>;
    readonly layer: Raster<4>;
    /** The share of the map that lies outside of the picture, in the bars of a letterbox. */
    readonly outside: number;
  };
  /** Of a row of numbers: every feature, the largest contribution first. */
  readonly contributions?: readonly Contribution[];
  /** The graph as SVG, where it was asked for. */
  readonly graph?: string;
  /** What was written; empty where no folder was named. */
  readonly files: readonly string[];
  /** For people: what ran it, and what should be known about that. */
  readonly notes: readonly string[];
}
