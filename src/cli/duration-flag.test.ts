import { expect, test } from "vitest";
import { parseDuration } from "./duration-flag.ts";

test.each([
  ["90s", 90],
  ["5m", 300],
  ["1h30m", 5400],
  ["1h 30m 5s", 5405],
  ["0.5h", 1800],
])("%s is %d seconds", (text, seconds) => {
  expect(parseDuration("--time", text)).toBe(seconds);
});

test.each(["5", "m", "", "5x", "5m!", "0s", "-5m", "five minutes"])("%j is no time", (text) => {
  expect(() => parseDuration("--time", text)).toThrow(`--time: "${text}" is not a time; write for example --time 5m`);
});
