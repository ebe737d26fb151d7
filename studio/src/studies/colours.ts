/** Colours of the theme as a canvas takes them. */
export interface Colours {
  readonly ink: string;
  readonly quiet: string;
  readonly faint: string;
  readonly line: string;
  readonly panel: string;
  readonly accent: string;
  readonly second: string;
  readonly warn: string;
  /** From poor to best. */
  readonly ramp: readonly string[];
}

export type Rgb = readonly [number, number, number];

/** How many colours a ramp has: lines of one colour are drawn in one go. */
export const SHADES = 8;

export const mixed = (a: Rgb, b: Rgb, share: number): Rgb => [
  Math.round(a[0] + share * (b[0] - a[0])),
  Math.round(a[1] + share * (b[1] - a[1])),
  Math.round(a[2] + share * (b[2] - a[2])),
];

export const rgbText = ([r, g, b]: Rgb): string => `rgb(${r}, ${g}, ${b})`;

export function parseRgb(text: string): Rgb {
  const [r = 0, g = 0, b = 0] = (text.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b];
}

/** Which colour of a ramp a share from 0 to 1 has. */
export const shadeOf = (share: number): number => Math.min(SHADES - 1, Math.max(0, Math.floor(share * SHADES)));

/** What the variables of the style sheet are at an element now, which differs by theme. */
export function coloursAt(element: HTMLElement): Colours & { readonly rgb: (name: string) => Rgb } {
  const probe = document.createElement("span");
  probe.hidden = true;
  element.append(probe);
  const rgb = (name: string): Rgb => {
    probe.style.color = `var(--${name})`;
    return parseRgb(getComputedStyle(probe).color);
  };
  const names = ["ink", "quiet", "faint", "line", "panel", "accent", "second", "warn"] as const;
  const known = new Map(names.map((name) => [name as string, rgb(name)]));
  probe.remove();
  const of = (name: (typeof names)[number]) => rgbText(known.get(name)!);
  const [pale, best] = [mixed(known.get("panel")!, known.get("faint")!, 0.75), known.get("accent")!];
  return {
    ...{ ink: of("ink"), quiet: of("quiet"), faint: of("faint"), line: of("line"), panel: of("panel") },
    ...{ accent: of("accent"), second: of("second"), warn: of("warn") },
    ramp: Array.from({ length: SHADES }, (_, i) => rgbText(mixed(pale, best, (i / (SHADES - 1)) ** 1.3))),
    rgb: (name) => known.get(name)!,
  };
}
