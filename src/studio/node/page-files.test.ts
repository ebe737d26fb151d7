import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openPageFiles } from "./page-files.ts";

const folder = mkdtempSync(join(tmpdir(), "argmin-page-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

test("a page that is built anew while it is served is whole again, and what was not built is not served", async () => {
  write("index.html", "one");
  write("one.js", "1");
  const { read } = openPageFiles(folder);
  const text = async (name: string) => {
    const bytes = await read(name);
    return bytes && new TextDecoder().decode(bytes);
  };
  expect(await text("one.js")).toBe("1");
  rmSync(join(folder, "one.js"));
  write("index.html", "two");
  write("two.js", "2");
  utimesSync(join(folder, "index.html"), 1, 1);
  expect([await text("one.js"), await text("index.html"), await text("two.js")]).toEqual([undefined, "two", "2"]);
  expect(await text("../index.html")).toBeUndefined();
});
