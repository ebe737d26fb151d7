/**
 * Colours for numbers, even to the eye: lightness and hue are stepped in OKLCH (Ottosson 2020), where equal steps look
 * equally large. Tables of 256 RGBA entries.
 */

/** One OKLCH colour as sRGB in [0, 1], which may lie outside where a screen has no such colour. */
function linearSrgb(lightness: number, chroma: number, hue: number): number[] {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

const gamma = (value: number) => (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055);

/** The nearest colour that a screen has: as light, of the same hue, less vivid if it must be. Bytes of red, green and blue. */
export function oklch(lightness: number, chroma: number, hue: number): [number, number, number] {
  const shown = (values: number[]) => values.every((value) => value >= -1e-4 && value <= 1 + 1e-4);
  let vivid = chroma;
  while (vivid > 0 && !shown(linearSrgb(lightness, vivid, hue))) vivid = Math.max(0, vivid - 0.004);
  const bytes = linearSrgb(lightness, vivid, hue).map((value) =>
    Math.round(255 * gamma(Math.min(1, Math.max(0, value)))),
  );
  return bytes as [number, number, number];
}

/** 256 colours as RGBA bytes. */
export type Colours = Uint8Array;

const ENTRIES = 256;

function table(colour: (t: number) => readonly [rgb: readonly number[], alpha: number]): Colours {
  const bytes = new Uint8Array(4 * ENTRIES);
  for (let i = 0; i < ENTRIES; i++) {
    const [rgb, alpha] = colour(i / (ENTRIES - 1));
    bytes.set([...rgb, Math.round(255 * alpha)], 4 * i);
  }
  return bytes;
}

/** From none to much: violet and dark, red, yellow and light. Opaque, or the clearer the less it says. */
const sequential = (t: number) => oklch(0.2 + 0.72 * t, 0.21, 290 + 170 * t);

/** Blue speaks against, red for; what says nothing is clear, so that it holds on light and on dark paper. */
const diverging = (t: number) => {
  const value = 2 * t - 1;
  return [oklch(0.62, 0.2, value < 0 ? 255 : 28), Math.abs(value)] as const;
};

/** Numbers in [0, 1], opaque. */
export const HEAT: Colours = table((t) => [sequential(t), 1]);
/** Numbers in [0, 1], to lie over a picture. */
export const HEAT_OVER: Colours = table((t) => [sequential(0.25 + 0.75 * t), 0.75 * t ** 0.8]);
/** Numbers in [−1, 1]. */
export const SIGNED: Colours = table(diverging);

/** The place in a table of a number, whose size is at most `limit`. */
export const entryOf = (value: number, limit: number, signed: boolean): number => {
  const share = limit > 0 ? value / limit : 0;
  const t = signed ? (share + 1) / 2 : share;
  return Math.round((ENTRIES - 1) * Math.min(1, Math.max(0, t)));
};

/** What counts as the most: the 99th percentile of the sizes, so that a single place does not make all others pale. */
export function limitOf(values: Float32Array): number {
  const sizes = values.map(Math.abs).sort();
  return sizes[Math.min(sizes.length - 1, Math.floor(0.99 * sizes.length))] || sizes.at(-1) || 0;
}
