/** `check.html`: what was found, with the pictures, in one file. */
import { type FactCounts, type Skipped, splitNames } from "../data/index.ts";
import {
  commandHtml,
  escapeHtml,
  groups as framed,
  gallery,
  histogramFigure,
  page,
  type Section,
  type Shown,
  splitFigure,
} from "../report/index.ts";
import type { Group } from "./duplicates.ts";
import type { Finding, FindingKind } from "./findings.ts";
import type { Suspect } from "./label-errors.ts";
import type { ClassSplits, Survey } from "./survey.ts";

/** Groups of one finding, and suspects, that are shown with pictures; a page stays below a few megabytes. */
export const SHOWN_GROUPS = 12;
export const SHOWN_OF_GROUP = 6;
export const SHOWN_SUSPECTS = 48;
const SHOWN_FILES = 200;

export interface CheckPage {
  readonly name: string;
  readonly classes: readonly string[];
  readonly paths: readonly string[];
  readonly labels: Int32Array;
  readonly splits: readonly (string | undefined)[];
  readonly declared: boolean;
  /** In words, how `train` would cut. */
  readonly cut: string;
  readonly survey: Survey;
  readonly counts: ClassSplits;
  readonly findings: readonly Finding[];
  readonly unreadable: readonly Skipped[];
  readonly suspects: readonly Suspect[];
  /** Share of the labels that the model gives as well; undefined where they were not judged. */
  readonly agreement: number | undefined;
  readonly notes: readonly string[];
  readonly blocker: string | undefined;
  /** What the manifest leaves out, and the command that trains with it; undefined where there is no manifest. */
  readonly clean:
    | { readonly left: number; readonly kept: number; readonly file: string; readonly command: string }
    | undefined;
  /** Data URLs by index, of the pictures in `shownPictures`. */
  readonly images: ReadonlyMap<number, string>;
}

/** The pictures that the page shows, each once. */
export function shownPictures(findings: readonly Finding[], suspects: readonly Suspect[]): number[] {
  const grouped = findings.flatMap(({ groups = [] }) =>
    groups.slice(0, SHOWN_GROUPS).flatMap(({ members }) => members.slice(0, SHOWN_OF_GROUP)),
  );
  return [...new Set([...grouped, ...suspects.slice(0, SHOWN_SUSPECTS).map(({ index }) => index)])];
}

const grouped = (count: number) => count.toLocaleString("en-US");
const paragraph = (text: string, kind = "") => `<p${kind && ` class="${kind}"`}>${escapeHtml(text)}</p>`;

const headings: Readonly<Partial<Record<FindingKind, string>>> = {
  leak: "The same picture in more than one split",
  "two-labels": "The same picture under two labels",
  "near-leak": "Near copies in different splits",
  "near-two-labels": "Near copies under two labels",
  duplicates: "Copies",
  "near-duplicates": "Near copies",
};

const explanations: Readonly<Partial<Record<FindingKind, string>>> = {
  leak: "The pixels are the same to the last bit. What judges the model was trained on, so the accuracy that it tells is too good.",
  "two-labels":
    "The pixels are the same to the last bit; at most one of the labels is right, unless a picture may belong to two classes.",
  "near-leak":
    "Compressed again, resized, or taken a moment later. Decide by eye which to keep: the manifest leaves them all in.",
  "near-two-labels":
    "Compressed again, resized, or taken a moment later, and filed under different classes. The manifest leaves them all in.",
  duplicates:
    "The pixels are the same to the last bit. Copies count twice in the loss, and a new split may tear them apart.",
  "near-duplicates":
    "Compressed again, resized, or taken a moment later. Often harmless; the manifest leaves them all in.",
};

export function checkPage(data: CheckPage): string {
  const { name, survey, classes, suspects } = data;
  const sections: Section[] = [
    summary(data),
    ...data.findings.flatMap((finding) => (finding.groups ? [repeatsSection(data, finding, finding.groups)] : [])),
    ...(suspects.length > 0 ? [suspectsSection(data)] : []),
    ...(data.unreadable.length > 0 ? [unreadableSection(data.unreadable)] : []),
    classesSection(data),
    ...picturesSection(survey),
    nextSection(data),
  ];
  return page({
    title: `${name}, checked`,
    subtitle: `${grouped(survey.count)} pictures in ${classes.length} classes`,
    sections,
  });
}

function summary({ findings, blocker, notes }: CheckPage): Section {
  const loud = blocker === undefined ? "" : paragraph(`It cannot be trained on: ${blocker}.`, "loud");
  const item = ({ level, text }: Finding) =>
    `<li>${level === "problem" ? `<span class="loud">${escapeHtml(text)}</span>` : escapeHtml(text)}</li>`;
  const list =
    findings.length > 0 ? `<ul>${findings.map(item).join("\n")}</ul>` : paragraph("Nothing wrong was found.");
  return {
    heading: "What was found",
    body: loud + list + notes.map((note) => paragraph(`${note}.`, "quiet")).join("\n"),
  };
}

function shown({ images, paths, classes, labels, splits }: CheckPage, index: number, title?: string): Shown {
  const own = `${classes[labels[index]]}${splits[index] === undefined ? "" : `, ${splits[index]}`}`;
  return { image: images.get(index), path: paths[index], title: title ?? own };
}

function repeatsSection(data: CheckPage, { kind, count }: Finding, groups: readonly Group[]): Section {
  const rest = groups.length - SHOWN_GROUPS;
  const frames = groups
    .slice(0, SHOWN_GROUPS)
    .map(({ members }) => members.slice(0, SHOWN_OF_GROUP).map((i) => shown(data, i)));
  const more = rest > 0 ? paragraph(`${grouped(rest)} more groups are in findings.csv.`, "quiet") : "";
  return {
    heading: `${headings[kind] ?? kind}: ${grouped(count)}`,
    body: `${paragraph(explanations[kind] ?? "")}${framed(frames)}${more}`,
  };
}

function suspectsSection(data: CheckPage): Section {
  const { suspects, classes, agreement = 0, survey } = data;
  const cards = suspects.slice(0, SHOWN_SUSPECTS).map((suspect) => {
    const title = `filed under ${classes[suspect.given]}, looks like ${classes[suspect.likely]} (${suspect.probability.toFixed(2)})`;
    return shown(data, suspect.index, title);
  });
  const rest = suspects.length - SHOWN_SUSPECTS;
  const how = `A linear model that was trained on the other pictures (five parts, each judged by the other four) gives these another label with confidence. It agrees with ${(100 * agreement).toFixed(0)} % of all ${grouped(survey.count)} labels, so ${agreement < 0.7 ? "most of these may well be right: the pictures are hard for it" : "some of these are right, and only hard for it"}. Look before you change anything.`;
  const more =
    rest > 0 ? paragraph(`${grouped(rest)} more are in findings.csv, the most doubtful first.`, "quiet") : "";
  return { heading: `Doubtful labels: ${grouped(suspects.length)}`, body: `${paragraph(how)}${gallery(cards)}${more}` };
}

function unreadableSection(files: readonly Skipped[]): Section {
  const rows = files
    .slice(0, SHOWN_FILES)
    .map(({ path, reason }) => `<tr><td>${escapeHtml(path)}</td><td>${escapeHtml(reason)}</td></tr>`);
  const rest = files.length - SHOWN_FILES;
  const more = rest > 0 ? paragraph(`${grouped(rest)} more are in findings.csv.`, "quiet") : "";
  return {
    heading: `Files that cannot be read: ${grouped(files.length)}`,
    body: `<table><thead><tr><th>file</th><th>why</th></tr></thead><tbody>${rows.join("\n")}</tbody></table>${more}`,
  };
}

function classesSection({ classes, counts, declared, cut }: CheckPage): Section {
  const whose = declared
    ? "The splits are those of the data, or of the split file; what they leave open is cut as train cuts it."
    : `The data declare no splits: these are the ones that train cuts (${cut}).`;
  const key = splitNames
    .map((split, i) => `<span class="key" style="--key: var(--${["accent", "second", "faint"][i]})">${split}</span>`)
    .join("");
  const figure = splitFigure(classes.map((name, label) => ({ name, ...counts[label] })));
  const rows = classes.map((name, label) => {
    const { train, validation, test } = counts[label];
    return `<tr><td>${escapeHtml(name)}</td><td>${grouped(train)}</td><td>${grouped(validation)}</td><td>${grouped(test)}</td></tr>`;
  });
  const table = `<details><summary>All ${classes.length} classes as a table</summary><table><thead><tr><th>class</th><th>train</th><th>validation</th><th>test</th></tr></thead><tbody>${rows.join("\n")}</tbody></table></details>`;
  return { heading: "Classes and splits", body: `${paragraph(whose)}<p>${key}</p>${figure}${table}` };
}

/** What the files are like, in sentences without a full stop: for the terminal and for the page. */
export function describePictures({ count, sizes, formats, grey, facts }: Survey): string[] {
  if (sizes === undefined) return [];
  const { width, height } = sizes;
  const size = sizes.uniform
    ? `${width.least}×${height.least} pixels each`
    : `${width.least}×${height.least} to ${width.most}×${height.most} pixels, median ${width.median}×${height.median}`;
  const colour = grey === count ? "all grey" : grey === 0 ? "all in colour" : `${grouped(grey)} of them grey`;
  const kinds = formats.map(([format, number]) => `${grouped(number)} ${format}`).join(", ");
  return [`${size}, ${colour}`, ...(kinds === "" ? [] : [kinds]), ...factLines(facts)];
}

function factLines({ turned, alpha, deep, cmyk, animated }: Readonly<FactCounts>): string[] {
  const said: readonly (readonly [number, string])[] = [
    [turned, "turned as EXIF says"],
    [alpha, "with alpha, laid over white"],
    [deep, "of 16 bits, brought to 8"],
    [cmyk, "CMYK, converted"],
    [animated, "animated: the first frame counts"],
  ];
  const found = said.filter(([number]) => number > 0).map(([number, what]) => `${grouped(number)} ${what}`);
  return found.length === 0 ? [] : [found.join("; ")];
}

function picturesSection(survey: Survey): Section[] {
  const { sizes } = survey;
  if (sizes === undefined) return [];
  const figure = sizes.uniform ? "" : histogramFigure({ values: sizes.longer, of: "longer side in pixels" });
  const body = describePictures(survey)
    .map((line) => paragraph(`${line[0].toUpperCase()}${line.slice(1)}.`))
    .join("\n");
  return [{ heading: "Sizes and formats", body: body + figure }];
}

function nextSection({ clean }: CheckPage): Section {
  const heading = "To train without what is certainly wrong";
  if (clean === undefined) {
    return {
      heading,
      body: paragraph(
        "There is no manifest: it lists files, and these pictures have none of their own, or too few are left.",
      ),
    };
  }
  const { left, kept, file, command } = clean;
  const what =
    left === 0
      ? `${file} lists all ${grouped(kept)} pictures: nothing had to be left out.`
      : `${file} lists the ${grouped(kept)} pictures that are left when ${grouped(left)} are taken out: unreadable ones, copies beyond the first (the one that judges stays), and pictures under two labels. No file was deleted or changed.`;
  return { heading, body: paragraph(what) + commandHtml(command) };
}
