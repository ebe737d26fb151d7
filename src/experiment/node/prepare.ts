import { availableParallelism } from "node:os";
import { UsageError } from "../../core/index.ts";
import type { Dataset, Source } from "../../data/index.ts";
import { openRows } from "../../data/node/index.ts";
import type { Device } from "../../runtime/index.ts";
import type { Recipe } from "../../train/index.ts";
import type { Settings, TrainOptions } from "../options.ts";
import { planOf, recipeOf } from "../plan-of.ts";
import { loadDataset } from "./load-dataset.ts";
import { refuseTooLarge } from "./refuse-too-large.ts";
import type { Reporter } from "./reporter.ts";
import type { RunFolder } from "./run-folder.ts";

/**
 * All that comes before the first step.
 * @param given data that is loaded and split already
 */
export async function prepare(
  source: Source,
  settings: Settings,
  options: TrainOptions,
  folder: RunFolder | undefined,
  report: Reporter,
  given?: Dataset,
) {
  const dataset = given ?? (await loadDataset(source, settings, (event) => report.send(event), options.signal));
  refuseUncalibrated(settings, dataset);
  const recipe = measuredRecipe(settings, dataset);
  refuseTooLarge(recipe);
  await folder?.writeSplit(dataset, settings.seed);
  report.data(dataset);
  // "auto" takes no graphics card here.
  const devices: Device[] = settings.device === "webgpu" ? ["webgpu"] : ["cpu", "wasm"];
  return { dataset, recipe, plan: planOf(settings, recipe, dataset, availableParallelism(), devices) };
}

/** The recipe, with the statistics of the training data read from wherever they lie. */
export function measuredRecipe(settings: Settings, dataset: Dataset): Recipe {
  const rows = openRows(dataset.pictures);
  try {
    return recipeOf(settings, dataset, rows);
  } finally {
    rows.close();
  }
}

/** @throws UsageError where there is nothing to calibrate the threshold of "unknown" on; better said now than after hours */
function refuseUncalibrated({ unknown, data }: Settings, { split }: Dataset): void {
  if (unknown === null || split.validation.length > 0) return;
  const what = `its threshold is chosen on validation pictures, and ${data} has none`;
  throw new UsageError("unknown", what, "put some pictures into a validation split, or leave it out", 1);
}
