/**
 * The normal distribution in the forms that an expected improvement needs, without a special function and without cancellation far
 * out. Below −2 everything comes from Laplace's continued fraction of the Mills ratio, Φ(−t)/φ(t) = 1/(t + 1/(t + 2/(t + …))),
 * of which c = 1/(t + 2/(t + 3/(t + …))) is the part behind the first step; nearer to 0 from Φ(z) = ½ + φ(z)(z + z³/3 + z⁵/15 + …).
 */
const LOG_SQRT_TAU = 0.9189385332046727;

/** Where the continued fraction takes over: its 80 terms reach full precision from here on, and the series has lost none yet. */
const FAR = 2;
const TERMS = 80;

/** c of the head comment, for t ≥ FAR. */
function fraction(t: number): number {
  // Its convergents close in as e^(−2t√k): far out a few terms are exact.
  let c = 0;
  for (let k = t < 4 ? TERMS : 24; k >= 2; k--) c = k / (t + c);
  return 1 / (t + c);
}

export const density = (z: number): number => Math.exp(-0.5 * z * z - LOG_SQRT_TAU);

/** Φ(z). */
export function cumulative(z: number): number {
  if (z <= -FAR) return density(z) / (-z + fraction(-z));
  if (z >= FAR) return 1 - density(z) / (z + fraction(z));
  let [term, sum] = [z, z];
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 + density(z) * sum;
}

/** ln Φ(z), also where Φ(z) is too small for a number. */
export function logCumulative(z: number): number {
  if (z <= -FAR) return -0.5 * z * z - LOG_SQRT_TAU - Math.log(-z + fraction(-z));
  return z >= FAR ? Math.log1p(-density(z) / (z + fraction(z))) : Math.log(cumulative(z));
}

/** φ(z)/Φ(z), the derivative of ln Φ. */
export const hazard = (z: number): number => (z <= -FAR ? -z + fraction(-z) : density(z) / cumulative(z));

/** ln h(z) of the expected improvement σ h(z), h = φ + z Φ, with Φ/h and φ/h, which its gradient needs. */
export interface LogImprovement {
  value: number;
  cumulative: number;
  density: number;
}

/** Ament et al., "Unexpected improvements to expected improvement", 2023: the logarithm is useful where the improvement itself is 0. */
export function logImprovement(z: number, out: LogImprovement): LogImprovement {
  if (z <= -FAR) {
    const t = -z;
    const c = fraction(t);
    out.value = -0.5 * t * t - LOG_SQRT_TAU + Math.log(c / (t + c));
    out.cumulative = 1 / c;
    out.density = (t + c) / c;
    return out;
  }
  const [phi, below] = [density(z), cumulative(z)];
  const h = phi + z * below;
  out.value = Math.log(h);
  out.cumulative = below / h;
  out.density = phi / h;
  return out;
}

/** Φ⁻¹(p), 0 < p < 1. Newton's method on ln Φ, which is concave: from the left it never oversteps. */
export function quantile(p: number): number {
  if (p > 0.5) return -quantile(1 - p);
  // Φ(−a) ≤ ½ e^(−a²/2), so this lies on the left.
  let z = -Math.sqrt(-2 * Math.log(p));
  for (let i = 0; i < 50; i++) {
    const step = (Math.log(p) - logCumulative(z)) / hazard(z);
    z += step;
    if (Math.abs(step) < 1e-13 * (1 + Math.abs(z))) break;
  }
  return z;
}
