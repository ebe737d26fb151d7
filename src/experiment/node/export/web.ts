import { copyFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { UsageError } from "../../../core/index.ts";
import { webRuntime } from "../../../runtime/node/index.ts";
import { externalDataOf } from "../../export-model.ts";
import type { WebModel } from "../../web-page.ts";
import { explainWrite, makeFolder, writeAtomic } from "../atomic-file.ts";
import { openModelFile } from "../model-file.ts";
import type { OpenedRun } from "./open-run.ts";

/**
 * Writes `web/`: a page that classifies a picture in the browser, the model, and ONNX Runtime.
 * @param model the proven file that the page runs
 * @throws UsageError for a model of numbers
 */
export async function writeWeb(run: OpenedRun, folder: string, model: string): Promise<string> {
  refuseNumbers(run);
  // Only here: it brings the room of the charts with it, which takes longer to load than most commands take.
  const { classifyModule, pageModule, webPage } = await import("../../web-page.ts");
  const web = join(folder, "web");
  const { module, files } = webRuntime();
  const { head } = await openModelFile(model);
  const data = externalDataOf(head, model);
  const about: WebModel = {
    title: basename(resolve(run.path)),
    classes: run.facts.classes,
    unknown: run.facts.unknown?.below ?? null,
    runtime: module,
    data: data ?? null,
  };
  const copy = (from: string, name: string) =>
    copyFile(from, join(web, name)).catch((error) => {
      throw explainWrite(join(web, name), error);
    });
  await makeFolder(web);
  await Promise.all([
    copy(model, "model.onnx"),
    ...(data === undefined ? [] : [copy(join(dirname(model), data), data)]),
    ...files.map((file) => copy(file, basename(file))),
    writeAtomic(join(web, "classify.js"), classifyModule(about)),
    writeAtomic(join(web, "page.js"), pageModule),
    writeAtomic(join(web, "index.html"), webPage(about)),
  ]);
  return web;
}

/** @throws UsageError for a model of numbers: a page has no picture for it */
export function refuseNumbers({ path, facts }: OpenedRun): void {
  if (facts.features === undefined) return;
  throw new UsageError("--web", `${path} was trained on numbers, and the page takes pictures`, "leave it out");
}
