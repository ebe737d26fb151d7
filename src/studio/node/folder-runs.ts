import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { RunShelf, RunSummary } from "../run-shelf.ts";

/** The runs of a folder: its folders that hold a `config.yaml` or a `metrics.csv`. */
export function folderRuns(folder: string): RunShelf {
  return {
    list: async () => {
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      const names = entries
        .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
        .map(({ name }) => name);
      const found = await Promise.all(names.map((name) => summaryOf(folder, name)));
      return found.filter((one) => one !== undefined).sort((a, b) => b.created - a.created);
    },
  };
}

async function summaryOf(folder: string, name: string): Promise<RunSummary | undefined> {
  const path = join(folder, name);
  const [own, config, metrics] = await Promise.all(
    [path, join(path, "config.yaml"), join(path, "metrics.csv")].map((file) => stat(file).catch(() => undefined)),
  );
  if (!own || !(config || metrics)) return undefined;
  const text = await readFile(join(path, "metrics.csv"), "utf8").catch(() => "");
  const rows = text.split("\n").slice(1, -1);
  const accuracies = rows.map((row) => row.split(",")[4] ?? "").filter((cell) => cell !== "");
  const best = Math.max(...accuracies.map(Number));
  return {
    name,
    created: own.birthtimeMs,
    changed: Math.max(own.mtimeMs, metrics?.mtimeMs ?? 0),
    epochs: rows.length,
    validationAccuracy: Number.isFinite(best) ? best : null,
    problems: metrics ? [] : ["metrics.csv is missing"],
  };
}
