import fc from "fast-check";
import { expect, test } from "vitest";
import { readableJson } from "./readable-json.ts";

test("a row of a matrix is a line", () => {
  expect(readableJson({ best: { epoch: 1 }, confusion: [[1, 2], [], [0, 3]], none: null })).toBe(`{
  "best": {"epoch":1},
  "confusion": [
    [1,2],
    [],
    [0,3]
  ],
  "none": null
}`);
});

test("it is what JSON says it is", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(readableJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
