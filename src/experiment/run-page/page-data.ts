import type { Dataset } from "../../data/index.ts";
import type { Figures } from "../../metrics/index.ts";
import type { Tile } from "../../report/index.ts";
import type { JudgedRun } from "../options.ts";
import type { Choices } from "./choose-pictures.ts";
import type { WeightPictures } from "./weight-pictures.ts";

/** How a solver went. */
export interface SolverPoint {
  readonly iteration: number;
  readonly objective: number;
  readonly optimality: number;
}

/** What the data are rows of. */
export const thingsOf = ({ dataset }: Pick<RunPageData, "dataset">): "pictures" | "rows" =>
  dataset.source.numbers ? "rows" : "pictures";

/** All that the report of a run tells. */
export interface RunPageData {
  readonly run: JudgedRun;
  readonly dataset: Pick<Dataset, "source" | "pictures" | "split" | "skipped" | "notes">;
  /** What the pictures below are of: the test pictures; those of validation where there are no others. */
  readonly judged: { readonly name: string; readonly figures: Figures; readonly choices: Choices } | undefined;
  /** The pictures that are shown, by their index in the data; one that is missing had no room. */
  readonly pictures: ReadonlyMap<number, Tile>;
  /** The same with what speaks for the wrong answer marked. */
  readonly overlays: { readonly tiles: ReadonlyMap<number, Tile>; readonly explanation: string } | undefined;
  readonly weights: { readonly drawn: WeightPictures; readonly tiles: readonly Tile[] } | undefined;
  /** Rules that show the tiles. */
  readonly style: string;
  readonly iterations: readonly SolverPoint[];
  /** What was typed to start it, and to go on with it; none for a run of a program. */
  readonly commands: readonly string[];
  /** Names and versions of what it ran on. */
  readonly versions: readonly (readonly [string, string])[];
}
