import { nearest, UsageError } from "../../core/index.ts";
import type { Constraint } from "../../tune/index.ts";

/** A quantity that a search may limit, and how it is written. */
interface Limited {
  /** What it is, for people. */
  readonly says: string;
  readonly units: Readonly<Record<string, number>>;
  readonly example: string;
}

const counts = { "": 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9, B: 1e9 };
const bytes = { "": 1, B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };
const milliseconds = { "": 1, ms: 1, s: 1e3, us: 1e-3, µs: 1e-3 };

/** What is known of a network before it is trained: whatever is above the limit never is. */
export const computedMetrics: Readonly<Record<string, Limited>> = Object.freeze({
  parameters: { says: "learned numbers", units: counts, example: "parameters<=100k" },
  multiplyAdds: { says: "multiplications for one picture", units: counts, example: "multiplyAdds<=2M" },
});

/** What only a trial can tell. */
export const measuredMetrics: Readonly<Record<string, Limited>> = Object.freeze({
  latencyMs: { says: "milliseconds for one picture", units: milliseconds, example: "latencyMs<=5" },
  modelBytes: { says: "bytes of the model file", units: bytes, example: "modelBytes<=500kB" },
});

const limited: Readonly<Record<string, Limited>> = { ...computedMetrics, ...measuredMetrics };

/** What others call them. */
const aliases: Readonly<Record<string, string>> = {
  params: "parameters",
  weights: "parameters",
  macs: "multiplyAdds",
  latency: "latencyMs",
  bytes: "modelBytes",
  size: "modelBytes",
};

const FLAG = "--constraint";

/**
 * Reads a limit such as `parameters<=100000`, `multiplyAdds <= 2M`, `modelBytes<=500kB` or `latencyMs<=5`.
 * @throws UsageError that says what is wrong and gives an example
 */
export function parseConstraint(text: string): Constraint {
  const list = Object.entries(limited).map(([name, { says }]) => `${name} (${says})`);
  const [, name, sign, amount] = /^\s*([\p{L}_-]+)\s*(<=|≤|=<|<|>=|≥|>|==?)\s*(.*?)\s*$/u.exec(text) ?? [];
  if (name === undefined) {
    throw new UsageError(FLAG, `"${text}" is no limit`, `write for example ${FLAG} "parameters<=100000"`);
  }
  const metric = metricOf(name);
  if (metric === undefined) {
    const near = nearest(name, Object.keys(limited));
    const fix = `limit ${list.join(", ")}`;
    throw new UsageError(FLAG, `there is no "${name}" to limit`, near ? `did you mean ${near}? Otherwise ${fix}` : fix);
  }
  const { units, example } = limited[metric];
  const write = `write ${FLAG} "${example}"`;
  if (!["<=", "≤", "=<", "<"].includes(sign)) {
    throw new UsageError(FLAG, `"${text}" asks for ${sign}, and a limit is the most that is allowed`, write);
  }
  const [, digits, unit] = /^(\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?)\s*(\p{L}*)$/iu.exec(amount) ?? [];
  if (digits === undefined) throw new UsageError(FLAG, `"${amount}" of "${text}" is no number above 0`, write);
  if (!Object.hasOwn(units, unit)) {
    const known = Object.keys(units).filter((one) => one !== "");
    throw new UsageError(
      FLAG,
      `"${unit}" of "${text}" is no unit of ${metric}`,
      `${write}; it counts ${known.join(", ")}`,
    );
  }
  const atMost = Number(digits.replaceAll("_", "")) * units[unit];
  if (!(atMost > 0 && Number.isFinite(atMost))) {
    throw new UsageError(FLAG, `"${text}" allows nothing at all`, write);
  }
  return { metric, atMost };
}

function metricOf(name: string): string | undefined {
  const same = (one: string) => one.toLowerCase() === name.toLowerCase();
  const own = Object.keys(limited).find(same);
  if (own !== undefined) return own;
  const other = Object.keys(aliases).find(same);
  return other === undefined ? undefined : aliases[other];
}
