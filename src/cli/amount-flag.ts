import { UsageError } from "../core/index.ts";

const factors: Readonly<Record<string, number>> = { "": 1, k: 1e3, M: 1e6, G: 1e9 };

/**
 * A number of bytes or pixels: `10M`, `500k`, `1.5G` or `10000000`; a B behind it says nothing more.
 * @throws UsageError with an example
 */
export function parseAmount(flag: string, text: string, example: string): number {
  const [, digits, letter] = /^(\d+(?:\.\d+)?) ?([kMG]?)B?$/.exec(text.trim()) ?? [];
  const amount = Math.round(Number(digits) * factors[letter ?? ""]!);
  if (digits !== undefined && amount >= 1 && Number.isSafeInteger(amount)) return amount;
  throw new UsageError(flag, `"${text}" is no such number`, `write for example ${flag} ${example} (k, M and G count)`);
}
