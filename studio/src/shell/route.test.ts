import { afterEach, expect, test, vi } from "vitest";
import { hrefOf, parseRoute } from "./route.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

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

test("what a view keeps in the address does not undo a way that the reader has just gone", async () => {
  const location = { hash: "#/lesson?rate=0.1" };
  let tell = () => {};
  vi.stubGlobal("location", location);
  vi.stubGlobal("history", {
    state: null,
    replaceState: (_: unknown, __: string, hash: string) => {
      location.hash = hash;
    },
  });
  vi.stubGlobal("addEventListener", (_: string, listener: () => void) => {
    tell = listener;
  });
  vi.resetModules();
  const { keepInAddress, route } = await import("./route.ts");
  keepInAddress({ step: "2" });
  expect(location.hash).toBe("#/lesson?rate=0.1&step=2");
  // Browsers change the address at once, and tell of it later.
  location.hash = "#/lesson?rate=2";
  keepInAddress({ rate: "0.1", step: "2" });
  expect(location.hash).toBe("#/lesson?rate=2");
  tell();
  keepInAddress({ step: "3" });
  expect(location.hash).toBe("#/lesson?rate=2&step=3");
  expect(Object.fromEntries(route().query)).toEqual({ rate: "2", step: "3" });
});
