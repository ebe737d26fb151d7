/** Rules for the page of the Studio that reading its sources can enforce. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../studio/src/", import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: "utf8" });
const texts = files.filter((file) => file.endsWith("messages.ts"));

interface Messages {
  readonly en: Readonly<Record<string, string>>;
  readonly zh: Readonly<Record<string, string>>;
}
const placesOf = (text: string | undefined) => (text?.match(/\{\w+\}/g) ?? []).sort();

/** What is wrong with the texts of an area. */
function problemsOf({ en, zh }: Messages): string[] {
  const keys = [...new Set([...Object.keys(en), ...Object.keys(zh)])];
  return keys.flatMap((key) => {
    if (!en[key] || !zh[key]) return [`${key} is missing in ${en[key] ? "zh" : "en"}`];
    const [ours, theirs] = [placesOf(en[key]), placesOf(zh[key])];
    return ours.join() === theirs.join() ? [] : [`${key} has ${ours.join(" ")} in en and ${theirs.join(" ")} in zh`];
  });
}

describe("both languages say the same", () => {
  test("there are areas", () => expect(texts.length).toBeGreaterThan(4));
  test.each(texts)("%s", async (file) => {
    const { messages } = (await import(`${root}${file}`)) as { messages: Messages };
    expect(problemsOf(messages)).toEqual([]);
  });
  test("a key and a value that are missing are noticed", () => {
    expect(problemsOf({ en: { a: "x", b: "{n} y" }, zh: { a: "", b: "y" } })).toEqual([
      "a is missing in zh",
      "b has {n} in en and  in zh",
    ]);
  });
});

describe("colours come from the theme", () => {
  const views = files.filter((file) => file.endsWith(".svelte"));
  const colour = /#[0-9a-f]{3,8}\b(?=[^{}]*;)|\brgba?\(|\bhsla?\(/i;
  test.each(views)("%s", (file) => {
    const style = /<style[^>]*>([\s\S]*)<\/style>/.exec(readFileSync(`${root}${file}`, "utf8"))?.[1] ?? "";
    expect(colour.exec(style)?.[0]).toBeUndefined();
  });
  test("one that does not is noticed", () => expect(colour.test("a { color: #fa0; }")).toBe(true));
});
