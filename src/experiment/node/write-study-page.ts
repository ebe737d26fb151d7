import { join } from "node:path";
import type { Study } from "../../tune/index.ts";
import { makeFolder, writeAtomic } from "./atomic-file.ts";

/**
 * Draws a study, as of its last `refresh`, into `study.html`.
 * @param folder of the study, which is made where there is none
 * @returns the path of the page
 * @throws UsageError where it cannot be written
 */
export async function writeStudyPage(study: Study, folder: string): Promise<string> {
  // Loaded when it is wanted: what draws takes 0.2 s to load.
  const { studyPage } = await import("../study-page/index.ts");
  const path = join(folder, "study.html");
  const html = studyPage(study);
  await makeFolder(folder);
  await writeAtomic(path, html);
  return path;
}
