/** Sums of products, in float64. */

/** a · b */
export function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}

/** ‖a‖ */
export const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));

/** a + factor · b, as a new vector. */
export function plus(a: Float64Array, factor: number, b: Float64Array): Float64Array {
  const sum = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) sum[i] = a[i] + factor * b[i];
  return sum;
}

/** a ← a + factor · b */
export function addTo(a: Float64Array, factor: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i] += factor * b[i];
}

/** a ← factor · a */
export function scale(a: Float64Array, factor: number): void {
  for (let i = 0; i < a.length; i++) a[i] *= factor;
}
