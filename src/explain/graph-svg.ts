/** The figure of a network with the numbers of one picture, as an SVG that needs nothing but itself. */
import { HEAT, SIGNED } from "./colours.ts";
import { type Box, layoutOf } from "./graph-layout.ts";
import { type Card, type Part, type StepCard, short } from "./graph-view.ts";
import type { Thumbnail } from "./thumbnails.ts";

/** What stands around the cards. */
export interface Heading {
  readonly title: string;
  /** The class whose score is differentiated. */
  readonly explained: string;
  /** The most probable first. */
  readonly scores: readonly { readonly label: string; readonly probability: number; readonly score: number }[];
}

const CARD = { width: 640, height: 88 };
const PARAMETER = { width: 560, height: 74 };
const SIZES = { card: CARD, parameter: PARAMETER, gap: 20, margin: 32, heading: 30 };
const ABOVE = 158;
const CLASSES = 10;
const LINE = 22;

const STYLE = `
svg { color-scheme: light dark; --paper: #fff; --ink: #1c1e21; --quiet: #5b6169; --line: #c9ced4; --frame: #f3f5f7; --accent: #1f6feb; background: var(--paper); }
@media (prefers-color-scheme: dark) {
  svg { --paper: #14171a; --ink: #e6e8ea; --quiet: #a2a9b1; --line: #454c54; --frame: #1d2125; --accent: #6cb0ff; }
}
text { font: 12px system-ui, sans-serif; fill: var(--quiet); }
.title { font-size: 20px; font-weight: 600; fill: var(--ink); }
.name { font-size: 14px; font-weight: 600; fill: var(--ink); }
.column { font-weight: 600; }
.layer { font-size: 13px; font-weight: 600; fill: var(--accent); }
.small { font-size: 11px; }
.card { fill: var(--paper); stroke: var(--line); }
.frame { fill: var(--frame); }
.edge { fill: none; stroke: var(--quiet); stroke-width: 1.5; }
.arrow { fill: var(--quiet); }
.bar { fill: var(--line); }
.chosen { fill: var(--accent); }
image { image-rendering: pixelated; }
`;

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
/** Text as it may stand in XML, which knows no control characters. */
const escaped = (text: string) =>
  text.replaceAll(/\p{Cc}/gu, "�").replaceAll(/[&<>"]/g, (character) => entities[character]);
const cut = (text: string, most: number) => {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
};
const text = (x: number, y: number, content: string, kind = "", anchor = "start") =>
  `<text x="${x}" y="${y}"${kind && ` class="${kind}"`}${anchor === "start" ? "" : ` text-anchor="${anchor}"`}>${escaped(content)}</text>`;

/** Where a card has its two small pictures, and how large they may be. */
interface Places {
  readonly first: number;
  readonly second: number;
  readonly width: number;
  readonly height: number;
}
const ON_CARD: Places = { first: 184, second: 412, width: 216, height: 50 };
const ON_PARAMETER: Places = { first: 166, second: 362, width: 186, height: 38 };

/** A cell that is no map is at most so large. */
const CELL = 24;

/** A picture as large as there is room for it; up to there in whole multiples, so that its pixels stay alike. */
function imageAt({ height, width, square }: Thumbnail, url: string, x: number, y: number, room: Places): string {
  const whole = (most: number) => (most >= 1 ? Math.floor(most) : most);
  const [across, down] = [whole(room.width / width), whole(room.height / height)];
  const cell = square
    ? [Math.min(across, down), Math.min(across, down)]
    : [across, down].map((one) => Math.min(one, CELL));
  const size = [width * cell[0], height * cell[1]].map((side) => Number(side.toFixed(1)));
  return `<image href="${url}" x="${x}" y="${y}" width="${size[0]}" height="${size[1]}" preserveAspectRatio="none"/>`;
}

function partAt(
  part: Part | undefined,
  x: number,
  { y }: Box,
  room: Places,
  urls: ReadonlyMap<Thumbnail, string>,
): string {
  if (part === undefined) return text(x, y + 20, "no gradient: bytes", "small");
  const { image } = part;
  const shown = image === undefined ? "" : imageAt(image, urls.get(image)!, x, y + 8, room);
  return `<g><title>${escaped(part.tip)}</title>${shown}${text(x, y + room.height + 24, part.text, "small")}</g>`;
}

function cardAt(card: Card, box: Box, room: Places, urls: ReadonlyMap<Thumbnail, string>): string {
  const { x, y, width, height } = box;
  const notes = card.note?.split("; ") ?? [];
  return [
    `<rect class="card" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>`,
    text(x + 12, y + 22, card.title, "name"),
    text(x + 12, y + 39, card.shape),
    ...notes.map((note, i) => text(x + 12, y + 54 + 13 * i, cut(note, 27), "small")),
    partAt(card.value, x + room.first, box, room, urls),
    partAt(card.gradient, x + room.second, box, room, urls),
  ].join("");
}

const arrow = (x: number, y: number, along: "down" | "left") =>
  along === "down"
    ? `<path class="arrow" d="M${x - 4} ${y - 7}h8l-4 7z"/>`
    : `<path class="arrow" d="M${x + 7} ${y - 4}v8l-7-4z"/>`;

function edge(from: Box, to: Box): string {
  const [start, end] = [from, to].map(({ x, width }) => x + width / 2);
  const [top, bottom] = [from.y + from.height, to.y - 6];
  const middle = (top + bottom) / 2;
  const path = start === end ? `V${bottom}` : `C${start} ${middle} ${end} ${middle} ${end} ${bottom}`;
  return `<path class="edge" d="M${start} ${top}${path}"/>${arrow(end, to.y, "down")}`;
}

function sideEdge(from: Box, to: Box): string {
  const y = from.y + from.height / 2;
  const end = to.x + to.width;
  const into = Math.min(y, to.y + to.height - 12);
  const path = into === y ? `H${end + 6}` : `C${from.x - 14} ${y} ${end + 26} ${into} ${end + 6} ${into}`;
  return `<path class="edge" d="M${from.x} ${y}${path}"/>${arrow(end, into, "left")}`;
}

const hex = (table: Uint8Array, entry: number) => {
  const [red, green, blue, alpha] = table.subarray(4 * entry);
  return `stop-color="rgb(${red} ${green} ${blue})" stop-opacity="${(alpha / 255).toFixed(2)}"`;
};
const scale = (id: string, table: Uint8Array) => {
  const stops = Array.from({ length: 9 }, (_, i) => {
    return `<stop offset="${i / 8}" ${hex(table, Math.min(255, 32 * i))}/>`;
  });
  return `<linearGradient id="${id}">${stops.join("")}</linearGradient>`;
};

function legend({ title, explained }: Heading, x: number, parameters: number): string {
  const bar = (id: string, at: number, y: number) =>
    `<rect x="${at}" y="${y}" width="96" height="10" rx="2" fill="url(#${id})"/>`;
  const score = `s, the score of class ${cut(explained, 30)}`;
  return [
    `<defs>${scale("heat", HEAT)}${scale("signed", SIGNED)}</defs>`,
    text(x, 46, cut(title, 92), "title"),
    text(x, 70, `Each unit's value, and its gradient ∂s/∂unit: how ${score}, grows when a number of the unit does.`),
    bar("heat", x, 86),
    text(x + 106, 95, "values of which none is below 0: from 0 to the most"),
    bar("signed", x + 440, 86),
    text(x + 546, 95, "other values, and gradients: below 0 blue, above 0 red, 0 clear"),
    text(
      x,
      118,
      "The strongest colour is the 99th percentile within each small picture. Point at one for more of its numbers.",
    ),
    text(x + ON_CARD.first, 150, "value", "column"),
    text(x + ON_CARD.second, 150, "gradient", "column"),
    text(parameters + 12, 150, "what was learned", "column"),
    text(parameters + ON_PARAMETER.first, 150, "value", "column"),
    text(parameters + ON_PARAMETER.second, 150, "gradient", "column"),
  ].join("\n");
}

function scoreTable({ scores, explained }: Heading, x: number, y: number): string {
  const shown = scores.filter(({ label }, i) => i < CLASSES || label === explained);
  const lines = shown.map(({ label, probability, score }, i) => {
    const top = y + 34 + LINE * i;
    const chosen = label === explained;
    return [
      text(x + 12, top, cut(label, 30), chosen ? "name" : ""),
      text(x + 290, top, short(score), "", "end"),
      text(x + 372, top, `${(100 * probability).toFixed(1)} %`, "", "end"),
      `<rect class="${chosen ? "chosen" : "bar"}" x="${x + 384}" y="${top - 10}" width="${(240 * probability).toFixed(1)}" height="11" rx="2"/>`,
    ].join("");
  });
  return [
    `<rect class="card" x="${x}" y="${y}" width="${CARD.width}" height="${44 + LINE * shown.length}" rx="6"/>`,
    text(x + 12, y + 14, "class", "small"),
    text(x + 290, y + 14, "score", "small", "end"),
    text(x + 372, y + 14, "probability", "small", "end"),
    ...lines,
  ].join("\n");
}

/** The small pictures of a figure, which have to be made files of first. */
export const imagesOf = (steps: readonly StepCard[]): Thumbnail[] =>
  steps
    .flatMap((step): Card[] => [step, ...step.parameters])
    .flatMap(({ value, gradient }) => [value.image, gradient?.image])
    .filter((image) => image !== undefined);

/** @param urls a data URL for each of `imagesOf` */
export function graphSvg(steps: readonly StepCard[], heading: Heading, urls: ReadonlyMap<Thumbnail, string>): string {
  const nodes = steps.map(({ layer, inputs, parameters }) => ({ layer, inputs, parameters: parameters.length }));
  const laid = layoutOf(nodes, SIZES);
  const shown = heading.scores.filter(({ label }, i) => i < CLASSES || label === heading.explained).length;
  const end = laid.height - SIZES.margin + 2 * SIZES.gap;
  const height = ABOVE + end + 44 + LINE * shown + SIZES.margin;
  const first = SIZES.margin;
  const frames = laid.frames.map(({ layer, x, y, width, height: tall }) =>
    layer === ""
      ? ""
      : `<rect class="frame" x="${x}" y="${y}" width="${width}" height="${tall}" rx="8"/>${text(first, y + 20, layer, "layer")}`,
  );
  const edges = steps.flatMap(({ inputs, parameters }, i) => [
    ...inputs.map((input) => edge(laid.steps[input].card, laid.steps[i].card)),
    ...parameters.map((_, k) => sideEdge(laid.steps[i].parameters[k], laid.steps[i].card)),
  ]);
  const cards = steps.flatMap((step, i) => [
    cardAt(step, laid.steps[i].card, ON_CARD, urls),
    ...step.parameters.map((one, k) => cardAt(one, laid.steps[i].parameters[k], ON_PARAMETER, urls)),
  ]);
  const last = laid.steps[steps.length - 1].card;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${laid.width} ${height}" width="${laid.width}" height="${height}" role="img">
<title>${escaped(heading.title)}</title>
<style>${STYLE}</style>
${legend(heading, first, laid.width - SIZES.margin - PARAMETER.width)}
<g transform="translate(0 ${ABOVE - SIZES.margin})">
${frames.filter(Boolean).join("\n")}
${edges.join("\n")}
${cards.join("\n")}
${edge(last, { ...last, y: end })}
${scoreTable(heading, first, end)}
</g>
</svg>
`;
}
