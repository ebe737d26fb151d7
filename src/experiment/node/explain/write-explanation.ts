import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { UsageError, VERSION } from "../../../core/index.ts";
import { encodePng } from "../../../data/node/index.ts";
import { explainWrite, writeAtomic } from "../atomic-file.ts";
import { readableJson } from "../readable-json.ts";
import { csvField } from "../run-folder.ts";
import type { Explanation } from "./options.ts";

/**
 * The files of an explanation: `scores.json`; of a picture `overlay.png` and `heat.png`, of a row of numbers
 * `contributions.csv`; `graph.svg` where there is a graph. Earlier ones of the same names are replaced.
 * @returns the paths, in the order in which a person would look at them
 * @throws UsageError when the folder cannot be made or written
 */
export async function writeExplanation(found: Omit<Explanation, "files">, folder: string): Promise<string[]> {
  const files = await filesOf(found);
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, content] of files) await writeAtomic(join(folder, name), content);
  } catch (error) {
    const told = explainWrite(folder, error);
    // Runs are not the matter here, which that error speaks of.
    throw told instanceof UsageError
      ? new UsageError(told.where, told.what, "name another folder with --out", 1)
      : told;
  }
  return files.map(([name]) => join(folder, name));
}

/** Names and contents. */
async function filesOf(found: Omit<Explanation, "files">): Promise<[name: string, content: string | Uint8Array][]> {
  const files: [name: string, content: string | Uint8Array][] = [];
  const { heat, contributions, graph, picture, predicted, unknown, explained, method, scores } = found;
  if (heat !== undefined) {
    files.push(["overlay.png", await encodePng(heat.overlay)], ["heat.png", await encodePng(heat.layer)]);
  }
  if (contributions !== undefined) {
    const rows = contributions.map(({ feature, value, standardized, contribution }) =>
      [csvField(feature), value, standardized, contribution].join(","),
    );
    files.push(["contributions.csv", `feature,value,standardized,contribution\n${rows.join("\n")}\n`]);
  }
  if (graph !== undefined) files.push(["graph.svg", graph]);
  const map = heat && { ...heat.map, values: Array.from(heat.map.values, (value) => Number(value.toPrecision(6))) };
  const facts = {
    argmin: VERSION,
    picture,
    predicted,
    unknown,
    explained,
    method,
    scores,
    ...(map && { map, outside: heat.outside }),
  };
  files.push(["scores.json", `${readableJson(facts)}\n`]);
  return files;
}
