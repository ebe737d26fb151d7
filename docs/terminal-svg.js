/**
 * Draws what a command printed as a picture that is legible on a dark and on a light page.
 *
 *     script -qec "npx argmin quickstart 2>/dev/null" /dev/null | node docs/terminal-svg.js "npx argmin quickstart" > docs/quickstart.svg
 */
import { text } from "node:stream/consumers";

const [, , command = ""] = process.argv;
const LINE = 20;
const CHARACTER = 8.43;
const MARGIN = 22;
const TOP = 52;
const colours = { 2: "#8b949e", 31: "#ff7b72", 32: "#7ee787", 33: "#e3b341" };

/** Spaces that no viewer runs together. */
const escaped = (plain) =>
  plain.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(" ", "\u00a0");

/** One line with its colours as tspans; a terminal's other commands are left out. */
function spans(line) {
  let style = "";
  let svg = "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that a terminal is commanded with
  for (const [, code, plain] of line.matchAll(/(?:\x1b\[([\d;?]*)[A-Za-z])?([^\x1b]*)/g)) {
    const number = Number(code);
    if (number === 1) style = ' font-weight="bold" fill="#f0f6fc"';
    else if (colours[number]) style = ` fill="${colours[number]}"`;
    else if (code !== undefined) style = "";
    if (plain !== "") svg += style ? `<tspan${style}>${escaped(plain)}</tspan>` : escaped(plain);
  }
  return svg;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const plainOf = (line) => line.replaceAll(/\x1b\[[\d;?]*[A-Za-z]/g, "");

const printed = (await text(process.stdin)).replaceAll("\r", "").trimEnd().split("\n");
const lines = [`\x1b[2m$\x1b[22m \x1b[1m${command}\x1b[22m`, ...printed];
const width = Math.ceil(2 * MARGIN + CHARACTER * Math.max(...lines.map((line) => plainOf(line).length)));
const height = TOP + LINE * lines.length + MARGIN - 8;
const dots = ["#ff5f57", "#febc2e", "#28c840"].map(
  (fill, i) => `<circle cx="${MARGIN + 20 * i}" cy="20" r="6" fill="${fill}"/>`,
);
const rows = lines.map((line, i) => `<text x="${MARGIN}" y="${TOP + LINE * i}">${spans(line)}</text>`);

process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(command)}</title>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10" fill="#161b22" stroke="#30363d"/>
${dots.join("\n")}
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#c9d1d9">
${rows.join("\n")}
</g>
</svg>
`);
