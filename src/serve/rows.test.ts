import { expect, test } from "vitest";
import { Problem } from "./problem.ts";
import { rowsOf } from "./rows.ts";

const read = (sent: unknown) => {
  const { single, values, rows } = rowsOf(sent, ["a", "b"], 3);
  return { single, values: [...values], rows: rows.map((row) => (row instanceof Problem ? row.what : row)) };
};

test.each([
  [[1, 2.5], { single: true, values: [1, 2.5], rows: [0] }],
  [
    { b: 2, id: "x", a: 1 },
    { single: true, values: [1, 2], rows: [0] },
  ],
  [[[1, 2]], { single: false, values: [1, 2], rows: [0] }],
  [[[1, 2], { a: 3, b: 4 }], { single: false, values: [1, 2, 3, 4], rows: [0, 1] }],
])("%j", (sent, expected) => expect(read(sent)).toEqual(expected));

test("a row that cannot be used leaves the others where they are", () => {
  expect(read([[1, 2], [1], [5, 6]])).toEqual({
    single: false,
    values: [1, 2, 5, 6],
    rows: [0, "it has 1 numbers instead of 2", 1],
  });
});

test.each([
  [[1, null], "b is null, which is no number of float32"],
  [["1", 2], 'a is "1", which is no number of float32'],
  [[1, 1e39], "b is 1e+39, which is no number of float32"],
  [{ a: 1 }, "it lacks b"],
  [[1, 2, 3], "it has 3 numbers instead of 2"],
])("%j: %s", (sent, what) => expect(read(sent)).toEqual({ single: true, values: [], rows: [what] }));

test.each([
  ["text", 422, "no row of numbers"],
  [7, 422, "no row of numbers"],
  [null, 422, "no row of numbers"],
  [[], 422, "no row"],
  [
    [
      [1, 2],
      [1, 2],
      [1, 2],
      [1, 2],
    ],
    413,
    "4 rows, more than 3",
  ],
])("%j is refused", (sent, status, what) => {
  const refused = expect(() => read(sent));
  refused.toThrow(what);
  try {
    read(sent);
  } catch (problem) {
    expect((problem as Problem).status).toBe(status);
  }
});
