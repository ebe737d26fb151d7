/** Ranges that are chosen on axes: only trials that lie in all of them stay in colour. */

/** From and to, in [0, 1] along an axis. */
export type Interval = readonly [number, number];
export type Brushes = Readonly<Record<string, Interval>>;

const clamp = (value: number) => Math.min(1, Math.max(0, value));

/** Two ends in whatever order, as a range; undefined where it is too short to be meant. */
export function intervalOf(a: number, b: number): Interval | undefined {
  const [low, high] = [clamp(Math.min(a, b)), clamp(Math.max(a, b))];
  return high - low < 0.01 ? undefined : [low, high];
}

/**
 * [trials]: 1 where a trial lies within all ranges. One without a value on an axis with a range does not.
 * @param placeOf where trials lie on an axis, in [0, 1]
 */
export function passing(
  brushes: Brushes,
  placeOf: (axis: string) => Float64Array | undefined,
  count: number,
): Uint8Array {
  const passes = new Uint8Array(count).fill(1);
  for (const [axis, [low, high]] of Object.entries(brushes)) {
    const places = placeOf(axis);
    for (let i = 0; i < count; i++) {
      const place = places?.[i] ?? Number.NaN;
      if (!(place >= low && place <= high)) passes[i] = 0;
    }
  }
  return passes;
}

const STEP = 0.05;
/** Where a range begins that the keyboard makes. */
const FIRST: Interval = [0.75, 1];

/** What a key does to the range of an axis; null takes it away, undefined is no key of ours. */
export function brushedByKey(before: Interval | undefined, key: string, shift: boolean): Interval | null | undefined {
  if (key === "Escape" || key === "Delete" || key === "Backspace") return before === undefined ? undefined : null;
  const up = key === "ArrowUp" ? 1 : key === "ArrowDown" ? -1 : 0;
  if (up === 0) return undefined;
  if (before === undefined) return FIRST;
  const [low, high] = before;
  // With Shift the range grows and shrinks, without it moves.
  if (shift) return [clamp(Math.min(high - STEP, low - up * STEP)), high];
  const moved = Math.min(1 - high, Math.max(-low, up * STEP));
  return [low + moved, high + moved];
}
