/** One part of a page. */
export interface Section {
  readonly heading: string;
  /** A name for links to it. */
  readonly id?: string;
  /** HTML; text of others goes through `escapeHtml` first. */
  readonly body: string;
}

export interface Page {
  readonly title: string;
  /** One line of text below the title. */
  readonly subtitle?: string;
  readonly sections: readonly Section[];
  /** Links to the sections that have an id, below the subtitle. */
  readonly contents?: boolean;
  /** Rules of its own, such as those of `sheetStyle`. */
  readonly style?: string;
  /** What runs in it; it must be readable without. */
  readonly script?: string;
  /** What the browser lets it load (a Content-Security-Policy); nothing from elsewhere unless said. */
  readonly policy?: string;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it can stand in HTML, inside attributes too. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character]!);

/**
 * Everything that a page looks like. Two figures stand for each one, drawn for wide and for narrow screens: a wide one that is
 * shrunk to a telephone has letters that nobody can read.
 */
const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1c1e21; --quiet: #5b6169; --line: #d8dce1; --accent: #1f6feb; --second: #b35900; --warn: #c62828; --faint: #9aa3ad; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14171a; --ink: #e6e8ea; --quiet: #a2a9b1; --line: #343a41; --accent: #6cb0ff; --second: #ffb86b; --warn: #ff8a80; --faint: #69727c; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 784px; padding: 24px 32px 48px; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 4px; }
h2 { font-size: 1.15rem; margin: 32px 0 8px; }
p { margin: 8px 0; }
.subtitle, figcaption { color: var(--quiet); }
figure { margin: 16px 0; }
figcaption { font-size: 0.9rem; }
figure svg { --plot-background: var(--paper); display: block; width: 100%; height: auto; font-size: 13px; overflow: visible; }
figure .narrow { display: none; }
pre { background: color-mix(in srgb, var(--ink) 7%, transparent); padding: 12px; border-radius: 6px; white-space: pre-wrap; font: 0.9rem/1.5 ui-monospace, monospace; }
pre span { white-space: nowrap; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 4px 8px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.gallery { list-style: none; margin: 12px 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(148px, 1fr)); gap: 12px; }
.gallery li { min-width: 0; }
.gallery img, .gallery .blank { display: block; width: 100%; aspect-ratio: 1; object-fit: contain; image-rendering: auto; background: color-mix(in srgb, var(--ink) 7%, transparent); border-radius: 4px; }
.gallery img[src^="data:image/png"] { image-rendering: pixelated; }
.gallery b, .gallery small { display: block; font-size: 0.85rem; line-height: 1.35; }
.gallery b { font-weight: 600; margin-top: 4px; }
.gallery small { color: var(--quiet); }
.together { border: 1px solid var(--line); border-radius: 6px; padding: 12px; }
.loud { color: var(--warn); font-weight: 600; }
.quiet { color: var(--quiet); }
h3 { font-size: 1rem; margin: 20px 0 4px; }
a { color: var(--accent); }
nav { margin: 12px 0; display: flex; flex-wrap: wrap; gap: 4px 16px; }
.halves { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr)); gap: 8px 24px; align-items: start; }
.half { margin: 8px 0; min-width: 0; }
.half h3 { margin: 0; }
.keys { font-weight: 400; font-size: 0.9rem; margin-left: 0.6em; }
.tile { width: 100%; border-radius: 4px; background-color: color-mix(in srgb, var(--ink) 7%, transparent); }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 4px; }
.gallery.paired { grid-template-columns: repeat(auto-fill, minmax(min(100%, 220px), 1fr)); }
.gallery.small { grid-template-columns: repeat(auto-fill, minmax(80px, 1fr)); gap: 8px; }
.gallery.small b, .gallery.small small { font-size: 0.75rem; }
.gallery.tiny { grid-template-columns: repeat(auto-fill, minmax(48px, 1fr)); gap: 8px; }
.numbers td:not(:first-child), .numbers th:not(:first-child) { text-align: right; padding: 4px 0 4px 8px; }
figure svg a { color: inherit; outline: none; }
figure svg a:is(:hover, :focus-visible, [aria-current]) rect { stroke: var(--ink); stroke-width: 2; }
.key::before { content: ""; display: inline-block; width: 0.8em; height: 0.8em; margin: 0 0.35em 0 0; background: var(--key); }
.key { margin-right: 1em; }
@media (max-width: 600px) {
  .gallery { grid-template-columns: repeat(auto-fill, minmax(112px, 1fr)); }
  body { padding: 16px 16px 32px; }
  figure .wide { display: none; }
  figure .narrow { display: block; }
}
`;

/** A command as it is typed, broken between words only. */
export function commandHtml(command: string): string {
  const words = command.split(" ").map((word) => `<span>${escapeHtml(word)}</span>`);
  return `<pre>${words.join(" ")}</pre>`;
}

/** The browser itself holds the page to asking nobody for anything. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** A whole HTML document that needs nothing but itself. */
export function page({
  title,
  subtitle,
  sections,
  contents = false,
  style = "",
  script,
  policy = POLICY,
}: Page): string {
  const parts = sections.map(
    ({ heading, id, body }) =>
      `<section${id === undefined ? "" : ` id="${id}"`}>\n<h2>${escapeHtml(heading)}</h2>\n${body}\n</section>`,
  );
  const links = sections.flatMap(({ heading, id }) =>
    id === undefined ? [] : [`<a href="#${id}">${escapeHtml(heading)}</a>`],
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${STYLE}${style}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${subtitle === undefined ? "" : `<p class="subtitle">${escapeHtml(subtitle)}</p>\n`}${contents ? `<nav>${links.join("\n")}</nav>\n` : ""}${parts.join("\n")}
${script === undefined ? "" : `<script>${script}</script>\n`}</body>
</html>
`;
}
