/** The folder of a check: `check.html`, `findings.csv`, and `clean.csv` where the pictures are files. */
import { mkdir, readdir, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { UsageError } from "../../core/index.ts";
import { thumbnail } from "../../data/node/index.ts";
import { checkPage, shownPictures } from "../check-page.ts";
import { manifestOf } from "../clean.ts";
import { findingsCsv } from "../findings-csv.ts";
import type { Check } from "./check.ts";

const NAMES = { page: "check.html", findings: "findings.csv", clean: "clean.csv" } as const;
/** How a page of ours is told from others: only such a folder is written over. */
const MARK = "<!-- made by argmin check -->";

export interface Written {
  readonly page: string;
  readonly findings: string;
  /** null where the pictures are no files of their own, or fewer than two classes are left. */
  readonly clean: string | null;
}

export interface WriteOptions {
  readonly folder: string;
  /** The call that trains with a manifest. */
  readonly command: (manifest: string) => string;
}

/**
 * Refuses a folder in which something of somebody else, or the data themselves, would be written over; called before the
 * work begins.
 * @throws UsageError
 */
export async function refuseTaken(folder: string, data: string): Promise<void> {
  if (Object.values(NAMES).some((name) => resolve(folder, name) === resolve(data))) {
    throw new UsageError(folder, `${data} would be written over`, "choose another folder with --out");
  }
  const names: string[] = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    const what = error.code === "ENOTDIR" ? "it is a file, not a folder" : error.message;
    throw new UsageError(folder, what, "choose another folder with --out");
  });
  const ours = names.includes(NAMES.page) && (await readFile(join(folder, NAMES.page), "utf8")).includes(MARK);
  const taken = Object.values(NAMES).find((name) => names.includes(name));
  if (taken === undefined || ours) return;
  throw new UsageError(folder, `it has a ${taken} that no check has made`, "choose another folder with --out");
}

/** @throws UsageError when the folder cannot be written */
export async function writeCheck(result: Check, { folder, command }: WriteOptions): Promise<Written> {
  const { source, cleaning, labels } = result;
  await refuseTaken(folder, source.name);
  try {
    await mkdir(folder, { recursive: true });
    const clean = await manifest(result, folder);
    const file = join(folder, NAMES.clean);
    if (clean !== undefined) await write(file, clean);
    // That of an earlier check would speak of other findings.
    else await rm(file, { force: true });
    await write(join(folder, NAMES.findings), findingsCsv(result));
    const suspects = labels?.suspects ?? [];
    const images = new Map<number, string>();
    for (const index of shownPictures(result.findings, suspects)) {
      images.set(index, await thumbnail(await source.read(index)));
    }
    const html = checkPage({
      ...{ name: source.name, classes: source.classes, paths: source.paths, labels: source.labels },
      ...{
        splits: result.splits,
        declared: result.declared,
        cut: result.cut,
        survey: result.survey,
        counts: result.counts,
      },
      ...{ findings: result.findings, unreadable: result.unreadable, notes: result.notes, blocker: result.blocker },
      ...{ suspects, agreement: labels?.agreement, images },
      clean:
        clean === undefined
          ? undefined
          : { left: cleaning.left.size, kept: cleaning.kept.length, file: NAMES.clean, command: command(file) },
    });
    await write(join(folder, NAMES.page), html.replace("\n<html", `\n${MARK}\n<html`));
    return {
      page: join(folder, NAMES.page),
      findings: join(folder, NAMES.findings),
      clean: clean === undefined ? null : file,
    };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof UsageError) throw error;
    throw new UsageError(folder, `cannot be written (${message})`, "choose another folder with --out", 1);
  }
}

/** Whole or not at all. */
async function write(path: string, text: string): Promise<void> {
  await writeFile(`${path}.part`, text);
  await rename(`${path}.part`, path);
}

async function manifest({ source, cleaning }: Check, folder: string): Promise<string | undefined> {
  const { files, labels } = source;
  if (files === undefined || new Set(cleaning.kept.map((i) => labels[i])).size < 2) return undefined;
  // Through links, ".." would lead elsewhere.
  const from = await realpath(resolve(folder));
  const pathOf = (index: number) => relative(from, files[index]).split(sep).join("/");
  return manifestOf(source, cleaning.kept, pathOf);
}
