import { expect, test } from "vitest";
import { begunName, partName, partOfName } from "./part.ts";

test.each([
  ["next hidden1.weight", 0, 1],
  ["next a, part of b", 1, 2],
  ["next a\nb", 11, 32],
])("the name of a part of %j says where it lies", (whole, index, count) => {
  const name = partName(whole, { index, count });
  for (const one of [name, begunName(name)]) expect(partOfName(one)).toEqual({ whole, index, count });
  expect(partOfName(begunName(name, "velocity of a"))).toEqual({ whole, index, count, over: "velocity of a" });
});
