import { UsageError } from "../core/index.ts";

const SECONDS = { h: 3600, m: 60, s: 1 } as const;

/**
 * Seconds of `90s`, `5m`, `1h30m`.
 * @throws UsageError for anything else; a number alone could be minutes or seconds
 */
export function parseDuration(flag: string, text: string): number {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)\s*(h|m|s)/g)];
  const whole = parts.map(([part]) => part).join("");
  const seconds = parts.reduce((sum, [, value, unit]) => sum + Number(value) * SECONDS[unit as "h" | "m" | "s"], 0);
  if (whole === "" || whole !== text.replaceAll(/\s+/g, "") || seconds === 0) {
    throw new UsageError(flag, `"${text}" is not a time`, `write for example ${flag} 5m, ${flag} 90s or ${flag} 1h30m`);
  }
  return seconds;
}
