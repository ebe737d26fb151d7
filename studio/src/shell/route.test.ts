import { expect, test } from "vitest";
import { hrefOf, parseRoute } from "./route.ts";

test("an address is read back as it was written, whatever is in a name", () => {
  const path = ["run", "photos / cnn?#%25 鳥"];
  const { path: read, query } = parseRoute(hrefOf(path, { epoch: "3", note: "a&b=c ?#" }));
  expect(read).toEqual(path);
  expect(Object.fromEntries(query)).toEqual({ epoch: "3", note: "a&b=c ?#" });
});

test("an empty address, one without a slash, and one that cannot be decoded", () => {
  expect(parseRoute("").path).toEqual([]);
  expect(parseRoute("#runs").path).toEqual(["runs"]);
  expect(parseRoute("#/run/100%").path).toEqual(["run", "100%"]);
});
