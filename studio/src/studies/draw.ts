/** Figures on a canvas: thousands of marks, and still a picture within a frame or two. */
import { type Colours, shadeOf } from "./colours.ts";
import type { Axis, Dots } from "./dots.ts";
import type { Lines } from "./lines.ts";

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export const FONT = "11px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans CJK SC', sans-serif";

export const xOf = ({ left, width }: Box, at: number): number => left + at * width;
export const yOf = ({ top, height }: Box, at: number): number => top + (1 - at) * height;

/** Ticks with thin lines across. Texts that would touch the one before are left out. */
export function drawAxes(
  context: CanvasRenderingContext2D,
  box: Box,
  x: Axis,
  y: Axis,
  colours: Colours,
  lines = true,
): void {
  context.font = FONT;
  context.lineWidth = 1;
  context.strokeStyle = colours.line;
  context.fillStyle = colours.quiet;
  context.textBaseline = "middle";
  context.textAlign = "right";
  let last = Number.POSITIVE_INFINITY;
  for (const { at, text } of y.ticks.toSorted((a, b) => a.at - b.at)) {
    const place = Math.round(yOf(box, at)) + 0.5;
    context.beginPath();
    context.moveTo(box.left, place);
    context.lineTo(box.left + (lines ? box.width : -4), place);
    context.stroke();
    if (last - place < 13) continue;
    context.fillText(text, box.left - 6, place);
    last = place;
  }
  context.textBaseline = "top";
  let free = Number.NEGATIVE_INFINITY;
  for (const { at, text } of x.ticks.toSorted((a, b) => a.at - b.at)) {
    const place = Math.round(xOf(box, at)) + 0.5;
    context.beginPath();
    context.moveTo(place, box.top + box.height);
    context.lineTo(place, box.top + box.height + 4);
    context.stroke();
    const half = context.measureText(text).width / 2;
    // The outermost stay within the figure.
    const middle = Math.min(box.left + box.width + 8 - half, Math.max(box.left - 8 + half, place));
    if (middle - half < free + 8) continue;
    context.textAlign = "center";
    context.fillText(text, middle, box.top + box.height + 6);
    free = middle + half;
  }
  context.beginPath();
  context.moveTo(box.left, box.top + box.height + 0.5);
  context.lineTo(box.left + box.width, box.top + box.height + 0.5);
  context.strokeStyle = colours.faint;
  context.stroke();
}

export interface Marks {
  /** [trials]: index into `kinds`: complete, forbidden, pruned, failed, open. */
  readonly kind: Uint8Array;
  readonly share: Float64Array;
  readonly passes: Uint8Array;
}

/** A mark of a trial by its kind. */
function mark(context: CanvasRenderingContext2D, kind: number, x: number, y: number, radius: number): void {
  if (kind === 0) {
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  } else if (kind === 1) {
    context.moveTo(x + radius + 0.5, y);
    context.arc(x, y, radius + 0.5, 0, 2 * Math.PI);
  } else if (kind === 2) {
    context.moveTo(x - radius, y - radius);
    context.lineTo(x + radius, y + radius);
    context.moveTo(x + radius, y - radius);
    context.lineTo(x - radius, y + radius);
  } else {
    context.moveTo(x, y);
    context.lineTo(x, y - 8);
  }
}

/** All dots, those that do not pass below and pale, the best on top. */
export function drawDots(
  context: CanvasRenderingContext2D,
  box: Box,
  { across, up }: Pick<Dots, "across" | "up">,
  { kind, share, passes }: Marks,
  colours: Colours,
  radius = 3,
): void {
  const groups: number[][] = Array.from({ length: 2 + colours.ramp.length }, () => []);
  for (let i = 0; i < across.length; i++) {
    if (Number.isNaN(across[i] + up[i])) continue;
    if (passes[i] === 0) groups[0].push(i);
    else if (kind[i] !== 0) groups[1].push(i);
    else groups[2 + shadeOf(share[i])].push(i);
  }
  context.lineWidth = 1.25;
  for (const [group, trials] of groups.entries()) {
    if (trials.length === 0) continue;
    context.globalAlpha = group === 0 ? 0.18 : group === 1 ? 0.75 : 1;
    const colour = group < 2 ? colours.quiet : colours.ramp[group - 2];
    context.fillStyle = colour;
    context.strokeStyle = colour;
    context.beginPath();
    for (const i of trials) if (kind[i] === 0) mark(context, 0, xOf(box, across[i]), yOf(box, up[i]), radius);
    context.fill();
    context.beginPath();
    for (const i of trials) {
      if (kind[i] !== 0) mark(context, kind[i], xOf(box, across[i]), yOf(box, up[i]), radius - 0.5);
    }
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** A ring around a trial, so that it is found. */
export function drawRing(
  context: CanvasRenderingContext2D,
  box: Box,
  { across, up }: Pick<Dots, "across" | "up">,
  trial: number,
  colour: string,
  radius: number,
): void {
  if (!(trial >= 0) || trial >= across.length || Number.isNaN(across[trial] + up[trial])) return;
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(xOf(box, across[trial]), yOf(box, up[trial]), radius, 0, 2 * Math.PI);
  context.stroke();
}

export function drawPath(
  context: CanvasRenderingContext2D,
  box: Box,
  line: readonly (readonly [number, number])[],
  colour: string,
): void {
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  for (const [i, [x, y]] of line.entries()) {
    if (i === 0) context.moveTo(xOf(box, x), yOf(box, y));
    else context.lineTo(xOf(box, x), yOf(box, y));
  }
  context.stroke();
}

export function drawRules(context: CanvasRenderingContext2D, box: Box, rules: Dots["rules"], colour: string): void {
  context.save();
  context.setLineDash([5, 4]);
  for (const { along, at } of rules ?? []) {
    drawPath(
      context,
      box,
      along === "y"
        ? [
            [0, at],
            [1, at],
          ]
        : [
            [at, 0],
            [at, 1],
          ],
      colour,
    );
  }
  context.restore();
}

/** The corners of one line. */
function trace(context: CanvasRenderingContext2D, box: Box, { starts, across, up }: Lines, trial: number): void {
  let pen = false;
  for (let i = starts[trial]; i < starts[trial + 1]; i++) {
    if (Number.isNaN(up[i])) {
      pen = false;
      continue;
    }
    const [x, y] = [xOf(box, across[i]), yOf(box, up[i])];
    if (pen) context.lineTo(x, y);
    else context.moveTo(x, y);
    pen = true;
  }
}

/** Lines that are drawn in one go: longer paths take longer for each of their corners. */
const TOGETHER = 24;

/**
 * All lines, those that do not pass pale, the best on top.
 * @param plain whether a trial has no share of its own: it was stopped early, or is above a limit
 */
export function drawLines(
  context: CanvasRenderingContext2D,
  box: Box,
  lines: Lines,
  { kind, share, passes }: Marks,
  colours: Colours,
): void {
  const count = lines.starts.length - 1;
  const groups: number[][] = Array.from({ length: 2 + colours.ramp.length }, () => []);
  for (let trial = 0; trial < count; trial++) {
    if (lines.starts[trial] === lines.starts[trial + 1]) continue;
    if (passes[trial] === 0) groups[0].push(trial);
    else if (kind[trial] !== 0 || Number.isNaN(share[trial])) groups[1].push(trial);
    else groups[2 + shadeOf(share[trial])].push(trial);
  }
  const many = count > 300;
  context.lineWidth = 1;
  for (const [group, trials] of groups.entries()) {
    context.globalAlpha = group === 0 ? 0.12 : group === 1 ? (many ? 0.2 : 0.45) : many ? 0.5 : 0.9;
    context.strokeStyle = group < 2 ? colours.quiet : colours.ramp[group - 2];
    // What fades is there to be compared with: of thousands of lines every fourth shows where they run.
    const drawn = group === 0 && many ? trials.filter((_, i) => i % 4 === 0) : trials;
    for (let from = 0; from < drawn.length; from += TOGETHER) {
      context.beginPath();
      for (const trial of drawn.slice(from, from + TOGETHER)) trace(context, box, lines, trial);
      context.stroke();
    }
  }
  context.globalAlpha = 1;
}

export function drawLine(
  context: CanvasRenderingContext2D,
  box: Box,
  lines: Lines,
  trial: number,
  colour: string,
  width: number,
): void {
  if (!(trial >= 0) || trial + 1 >= lines.starts.length) return;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  trace(context, box, lines, trial);
  context.stroke();
  context.fillStyle = colour;
  context.beginPath();
  for (let i = lines.starts[trial]; i < lines.starts[trial + 1]; i++) {
    const [x, y] = [xOf(box, lines.across[i]), yOf(box, lines.up[i])];
    context.moveTo(x + 2.5, y);
    context.arc(x, y, 2.5, 0, 2 * Math.PI);
  }
  context.fill();
}

/** Crosses where lines end. */
export function drawCuts(
  context: CanvasRenderingContext2D,
  box: Box,
  lines: Lines,
  trials: readonly number[],
  passes: Uint8Array,
  colour: string,
): void {
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  for (const trial of trials) {
    const end = lines.starts[trial + 1] - 1;
    if (end < lines.starts[trial] || passes[trial] === 0 || Number.isNaN(lines.up[end])) continue;
    mark(context, 2, xOf(box, lines.across[end]), yOf(box, lines.up[end]), 3);
  }
  context.stroke();
}
