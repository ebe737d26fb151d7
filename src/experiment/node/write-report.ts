/** `report.html` at the end of a run. */
import { cpus } from "node:os";
import { VERSION } from "../../core/index.ts";
import type { Dataset } from "../../data/index.ts";
import { type ContactSheet, contactSheet, openRows } from "../../data/node/index.ts";
import type { Heat } from "../../explain/index.ts";
import type { Tile } from "../../report/index.ts";
import type { Recipe, StateValues } from "../../train/index.ts";
import type { JudgedRun } from "../options.ts";
import type { Judged, Prediction } from "../predictions.ts";
import type { RunPageData, SolverPoint } from "../run-page/index.ts";
import { heatOfPictures } from "./explain/heat-of-pictures.ts";
import type { RunFolder } from "./run-folder.ts";

/** Pictures that one page shows at most, and the longest that they may be together, and weights, in characters. */
const MOST_PICTURES = 1500;
const LONGEST_SHEET = 2_200_000;
const LONGEST_WEIGHTS = 600_000;

export interface Reported {
  readonly run: JudgedRun;
  readonly recipe: Recipe;
  readonly weights: StateValues;
  readonly dataset: Dataset;
  readonly judged: Judged | undefined;
  readonly iterations: readonly SolverPoint[];
  /** What the steps ran on, as the runtime tells it. */
  readonly device: string;
}

/** Draws the page and writes it; where it is. */
export async function writeReport(folder: RunFolder, reported: Reported): Promise<string> {
  // Loaded when it is wanted: what draws takes 0.2 s to load, which every other command would wait for.
  const [{ choosePictures, poolOf, runPage, weightPictures }, { sheetStyle, tileOf }] = await Promise.all([
    import("../run-page/index.ts"),
    import("../../report/index.ts"),
  ]);
  const { run, recipe, weights, dataset, judged, iterations, device } = reported;
  let style = "";
  const laid = (name: string, sheet: ContactSheet) => {
    style += sheetStyle(name, sheet);
    return Array.from({ length: sheet.count }, (_, i) => tileOf(name, sheet, i));
  };
  const choices = judged && choosePictures(judged.predictions, run.classes.length);
  const pool = choices === undefined || recipe.kind === "numbers" ? [] : poolOf(choices, MOST_PICTURES);
  const tiles = pool.length === 0 ? [] : laid("pictures", await sheetOf(dataset.pictures, pool));
  const overlays =
    choices === undefined || choices.worst.length === 0 || recipe.kind === "numbers"
      ? undefined
      : await overlaysOf(reported, choices.worst, laid);
  const drawn = weightPictures(recipe, weights);
  const weightTiles =
    drawn === undefined
      ? []
      : laid(
          "units",
          await contactSheet({
            ...drawn,
            count: drawn.units.length,
            longest: LONGEST_WEIGHTS,
            picture: (i) => drawn.units[i].pixels,
          }),
        );
  const html = runPage({
    run,
    dataset,
    judged: judged && choices && { name: judged.name, figures: judged.figures, choices },
    pictures: new Map(tiles.map((tile, i) => [pool[i], tile])),
    overlays,
    weights: drawn && { drawn, tiles: weightTiles },
    style,
    iterations,
    commands: await folder.readCommands(),
    versions: [
      ["argmin", VERSION],
      ["Node", process.version],
      ["runtime", device],
      ["machine", `${process.platform} ${process.arch}, ${cpus()[0]?.model ?? "unknown processor"}`],
    ],
  });
  return await folder.writeReport(html);
}

const explanations: Readonly<Record<Heat["method"], string>> = {
  "grad-cam":
    "Beside each picture the places that speak for the wrong answer, the most in yellow: Grad-CAM of the last convolution.",
  "hires-cam":
    "Beside each picture the places that speak for the wrong answer in red, and against it in blue: HiResCAM, which is Grad-CAM place by place.",
  saliency: "Beside each picture the pixels whose change moves the wrong answer's score most: saliency.",
  "input-gradient":
    "Beside each picture the pixels that speak for the wrong answer in red, and against it in blue: each one's value times its gradient.",
};

/** What led to each mistake, over its picture. */
async function overlaysOf(
  { recipe, weights, dataset: { pictures } }: Reported,
  mistakes: readonly Prediction[],
  laid: (name: string, sheet: ContactSheet) => Tile[],
): Promise<RunPageData["overlays"]> {
  const { height, width, channels } = pictures;
  const pixels = rowsOf(
    pictures,
    mistakes.map(({ index }) => index),
  );
  const answers = mistakes.map(({ predicted }) => predicted);
  try {
    const { method, overlays } = await heatOfPictures(recipe, weights, { pixels, height, width, channels }, answers, {
      // Grad-CAM is silent where the mean over places is below 0: on photographs of hands it was so for each of 24 mistakes.
      ...(["cnn", "fastnet", "resnet"].includes(recipe.model.name) ? { method: "hires-cam" } : {}),
    });
    const request = { count: overlays.length, height, width, channels: 3 as const };
    const tiles = laid("heat", await contactSheet({ ...request, picture: (i) => overlays[i].pixels }));
    return {
      tiles: new Map(tiles.map((tile, i) => [mistakes[i].index, tile])),
      explanation: explanations[method],
    };
  } catch (error) {
    // The page is worth having without them.
    return { tiles: new Map(), explanation: `What led to them could not be computed: ${(error as Error).message}` };
  }
}

/** The pixels of some pictures, [count, height, width, channels]. */
function rowsOf(pictures: Dataset["pictures"], indices: readonly number[]): Uint8Array {
  const rows = openRows(pictures);
  try {
    const pixels = new Uint8Array(rows.row * indices.length);
    rows.read(Int32Array.from(indices), 0, indices.length, pixels);
    return pixels;
  } finally {
    rows.close();
  }
}

/** The pictures as the network gets them, in one file. */
async function sheetOf(pictures: Dataset["pictures"], pool: readonly number[]): Promise<ContactSheet> {
  const rows = openRows(pictures);
  const one = new Uint8Array(rows.row);
  try {
    return await contactSheet({
      count: pool.length,
      height: pictures.height,
      width: pictures.width,
      channels: pictures.channels,
      longest: LONGEST_SHEET,
      picture: (i) => {
        rows.read(Int32Array.of(pool[i]), 0, 1, one);
        return one;
      },
    });
  } finally {
    rows.close();
  }
}
