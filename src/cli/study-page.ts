import { writeStudyPage } from "../experiment/node/index.ts";
import { importanceText } from "../experiment/tune/index.ts";
import type { Study } from "../tune/index.ts";
import type { Output } from "./output.ts";

const MATTERS = "what matters: ";

/** Says which parameters matter, in one line; nothing where that is not known yet. */
export function sayImportance(output: Output, study: Study, width: number): void {
  const text = importanceText(study, width - MATTERS.length);
  if (text !== undefined) output.say(`${MATTERS}${text}`);
}

/**
 * Writes the page of a study and says where it is.
 * @returns its path; null where it could not be written, of which a search should not fail
 */
export async function sayPage(output: Output, study: Study, folder: string, what: string): Promise<string | null> {
  try {
    const path = await writeStudyPage(study, folder);
    output.say(`${what} ${path}`);
    return path;
  } catch (error) {
    output.warn(`study.html could not be written: ${(error as Error).message}`);
    return null;
  }
}
