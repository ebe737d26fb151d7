/** A curve among others, with its name and its points in ascending x. */
export interface Series {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Which of the eight colours; beyond them curves are dashed. */
  readonly place: number;
}

export const colourOf = (place: number): string => `var(--curve${(place % 8) + 1})`;

/** Whole for the first eight, then ever shorter dashes. */
export const dashOf = (place: number): string | undefined =>
  [undefined, "7,3", "3,3", "1,3"][Math.floor(place / 8) % 4];

/** The curve nearest to a place on the screen, and the index of its nearest point; null where none is within `reach`. */
export function nearest(
  all: readonly Series[],
  at: { readonly x: number; readonly y: number },
  toScreen: { readonly x: (value: number) => number; readonly y: (value: number) => number },
  reach: number,
): { readonly series: Series; readonly index: number } | null {
  let best: { series: Series; index: number } | null = null;
  let least = reach;
  for (const series of all) {
    let before: { x: number; y: number } | undefined;
    for (const [index, point] of series.points.entries()) {
      const here = { x: toScreen.x(point.x), y: toScreen.y(point.y) };
      const far = before === undefined ? Math.hypot(here.x - at.x, here.y - at.y) : toSegment(at, before, here);
      if (far < least) {
        least = far;
        const isNearer = before !== undefined && Math.abs(before.x - at.x) < Math.abs(here.x - at.x);
        best = { series, index: isNearer ? index - 1 : index };
      }
      before = here;
    }
  }
  return best;
}

type Place = { readonly x: number; readonly y: number };

/** From a place to the nearest of the places between two others. */
function toSegment(at: Place, from: Place, to: Place): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const long = dx * dx + dy * dy;
  const share = long === 0 ? 0 : Math.max(0, Math.min(1, ((at.x - from.x) * dx + (at.y - from.y) * dy) / long));
  return Math.hypot(at.x - from.x - share * dx, at.y - from.y - share * dy);
}
