import { expect, test } from "vitest";
import { pathOf, pictureUrl } from "./api.ts";

test("names and paths may hold anything, and what is not given is left out", () => {
  expect(pathOf("a/b c", "pictures", { epoch: undefined, truth: 0, wrong: true, marked: false })).toBe(
    "api/runs/a%2Fb%20c/pictures?truth=0&wrong=1",
  );
  expect(pictureUrl("r", "ca&ts/1 #.jpg", 96)).toBe("api/runs/r/picture?path=ca%26ts%2F1+%23.jpg&side=96");
  expect(pathOf("r", "overview")).toBe("api/runs/r/overview");
});
