/** Files of a run folder as a page needs them, also of a run that is not over. What is damaged or absent is undefined. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { type SplitName, splitNames } from "../../../data/index.ts";

const textOf = (folder: string, name: string) => readFile(join(folder, name), "utf8").catch(() => undefined);

/** Which picture was for what, by its path. */
export async function readSplit(folder: string): Promise<Readonly<Record<SplitName, readonly string[]>> | undefined> {
  const text = await textOf(folder, "split.json");
  try {
    const file = JSON.parse(text ?? "");
    const sound = splitNames.every((name) => Array.isArray(file?.[name]));
    return sound ? file : undefined;
  } catch {
    return undefined;
  }
}

/** The names of the classes, as the run told them when it began. */
export async function readClasses(folder: string): Promise<readonly string[] | undefined> {
  const text = (await textOf(folder, "events.ndjson")) ?? "";
  for (const line of text.split("\n", 50)) {
    try {
      const { event, type = event, classes } = JSON.parse(line);
      if (type === "data" && Array.isArray(classes)) return classes.map(String);
    } catch {
      // Another line may be whole.
    }
  }
  try {
    const { classes } = JSON.parse((await textOf(folder, "metrics.json")) ?? "");
    return Array.isArray(classes) ? classes.map(String) : undefined;
  } catch {
    return undefined;
  }
}

/** A line of `predictions.csv`. */
export interface PredictionRow {
  readonly split: string;
  readonly path: string;
  readonly truth: string;
  readonly predicted: string;
  readonly probability: number;
  readonly loss: number;
}

/** What the finished classifier said of each validation and test picture; undefined before its end. */
export async function readPredictions(folder: string): Promise<readonly PredictionRow[] | undefined> {
  const text = await textOf(folder, "predictions.csv");
  if (text === undefined) return undefined;
  try {
    const rows: Record<string, string>[] = parse(text, { columns: true });
    return rows.map(({ split = "", path = "", true: truth = "", predicted = "", probability, loss }) => ({
      ...{ split, path, truth, predicted },
      ...{ probability: Number(probability), loss: Number(loss) },
    }));
  } catch {
    return undefined;
  }
}
