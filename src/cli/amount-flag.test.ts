import { expect, test } from "vitest";
import { parseAmount } from "./amount-flag.ts";

const read = (text: string) => parseAmount("--max-bytes", text, "10M");

test.each([
  ["10M", 10_000_000],
  ["10 MB", 10_000_000],
  ["1.5G", 1_500_000_000],
  ["500kB", 500_000],
  ["123", 123],
])("%s is %d", (text, amount) => expect(read(text)).toBe(amount));

test.each(["", "0", "-1", "ten", "10m", "1e3", "M", "9999999G"])("%o is refused", (text) => {
  expect(() => read(text)).toThrow(/--max-bytes: .* no such number; write for example --max-bytes 10M/);
});
