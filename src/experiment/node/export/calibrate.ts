import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { UsageError } from "../../../core/index.ts";
import type { Unknown } from "../../options.ts";
import { unknownBy, unknownShare } from "../../unknown.ts";
import type { OpenedRun } from "./open-run.ts";

/**
 * A run whose model gets another threshold for "unknown", or its first one: calibrated on what `predictions.csv` says of the
 * validation pictures, whose six decimals are finer than what runtimes differ by.
 * @param share of right answers that may be turned away, in [0, 1)
 * @throws UsageError where the run had no validation pictures
 */
export async function calibrated(
  run: OpenedRun,
  share: number,
): Promise<{ readonly run: OpenedRun; readonly unknown: Unknown }> {
  unknownShare(share);
  const text = await readFile(join(run.path, "predictions.csv"), "utf8").catch(() => "");
  const rows: Record<string, string>[] = parse(text, { columns: true });
  const of = (wanted: string) =>
    rows.flatMap(({ split, true: truth, predicted, probability }) =>
      split === wanted ? [{ truth: truth!, predicted: predicted!, probability: Number(probability) }] : [],
    );
  const validation = of("validation");
  if (validation.length === 0) {
    const what = "its predictions.csv names no validation pictures, on which the threshold is calibrated";
    throw new UsageError(run.path, what, "give predict, serve or evaluate --unknown-below instead", 1);
  }
  const unknown = unknownBy(share, validation, of("test"));
  return { run: { ...run, facts: { ...run.facts, unknown: { below: unknown.below, share } } }, unknown };
}
