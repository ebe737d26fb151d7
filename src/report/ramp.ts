import { escapeHtml } from "./page.ts";

/** Colours from bad to good, or from early to late: the last one stands out from the paper in both lights. */
const light = ["#e3d9a8", "#c8d79c", "#9fce9d", "#6fbfa4", "#46a9b0", "#2f8cb5", "#2a6bac", "#2c4a98", "#2a2a78"];
const dark = ["#3a3a5e", "#3c4b7d", "#34648f", "#2f7d97", "#35969a", "#4fb092", "#83c97f", "#c2de72", "#f7ee7a"];
const STEPS = light.length;

const variables = (colours: readonly string[]) => colours.map((colour, i) => `--ramp-${i}: ${colour};`).join(" ");

/** What a page needs that has figures in these colours. */
export const RAMP_STYLE = `
:root { ${variables(light)} }
@media (prefers-color-scheme: dark) { :root { ${variables(dark)} } }
.ramp { display: inline-block; vertical-align: middle; width: 6em; height: 0.8em; margin: 0 0.4em; background: linear-gradient(to right, ${light.map((_, i) => `var(--ramp-${i})`).join(", ")}); }
`;

/** Shares at which one colour ends and the next begins. */
export const rampEdges: readonly number[] = Array.from({ length: STEPS - 1 }, (_, i) => (i + 1) / STEPS);
export const rampColours: readonly string[] = Array.from({ length: STEPS }, (_, i) => `var(--ramp-${i})`);

/** @param share in [0, 1]; what lies beyond has the colour of that end */
export const rampColour = (share: number): string =>
  rampColours[Math.max(0, Math.min(STEPS - 1, Math.floor(share * STEPS)))];

/** The key to the colours: what the first one means, and the last. */
export const rampKey = (from: string, to: string): string =>
  `<p class="quiet">${escapeHtml(from)}<span class="ramp"></span>${escapeHtml(to)}</p>`;
