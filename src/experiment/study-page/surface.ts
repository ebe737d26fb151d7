/** A trial over two parameters. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly value: number;
}

/** As many kernels of one trial have to reach a place for something to be said of it. */
const LEAST_WEIGHT = 0.25;

/**
 * The width of the kernel by Scott's rule, n^(−1/6) times the deviation of what is even over [0, 1]. It is the same for both
 * parameters, since both lie on their scales.
 */
export const bandwidthOf = (count: number): number => Math.max(0.06, 12 ** -0.5 * count ** (-1 / 6));

/**
 * The mean of the trials around each place, weighted by exp(−d²/2h²) of their distance d (the estimator of Nadaraya and Watson, 1964). It
 * does not go through the trials: two at the same place differ by their other parameters, which the surface leaves out.
 * @returns [size, size], from the lowest y on; NaN where no trial is near
 */
export function surfaceOf(places: readonly Place[], size: number): Float64Array {
  const width = bandwidthOf(places.length);
  const values = new Float64Array(size * size);
  // exp(−(a² + b²)) is the product of both: of each trial only so many as there are rows and columns.
  const along = (at: (place: Place) => number) =>
    places.map((place) =>
      Float64Array.from({ length: size }, (_, i) =>
        Math.exp(-((at(place) - (i + 0.5) / size) ** 2) / (2 * width * width)),
      ),
    );
  const [across, up] = [along(({ x }) => x), along(({ y }) => y)];
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let [weight, sum] = [0, 0];
      for (let i = 0; i < places.length; i++) {
        const near = across[i][column] * up[i][row];
        weight += near;
        sum += near * places[i].value;
      }
      values[row * size + column] = weight < LEAST_WEIGHT ? Number.NaN : sum / weight;
    }
  }
  return values;
}
