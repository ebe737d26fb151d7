import { expect, test } from "vitest";
import { begunName, partName, partOfName } from "./part.ts";

test.each([
  ["next hidden1.weight", 0, 1],
  ["next a, part of b", 1, 2],
  ["next a\nb", 11, 32],
])("the name of a part of %j says where it lies", (whole, index, count) => {
  const name = partName(whole, { index, count });
  expect(partOfName(name)).toEqual({ whole, index, count });
  expect(partOfName(begunName(name))).toEqual({ whole, index, count });
});
