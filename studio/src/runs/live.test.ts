import { expect, test } from "vitest";
import type { RunSummary } from "../../../src/studio/index.ts";
import { changed } from "./live.ts";

const run = (name: string, epochs: number) => ({ name, epochs, settings: { seed: 1 } }) as unknown as RunSummary;

test("a change replaces, adds and takes away, and keeps settings that are equal", () => {
  const before = [run("a", 1), run("b", 1)];
  const after = changed(before, { changed: [run("b", 2), run("c", 0)], gone: ["a"] });
  expect(after.map(({ name, epochs }) => [name, epochs])).toEqual([
    ["b", 2],
    ["c", 0],
  ]);
  expect(after[0]!.settings).toBe(before[1]!.settings);
});
