/** docs/search-space.md tells the truth: its table has what every unit brings, its files are read, its limits are limits. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { entriesOf } from "../src/experiment/node/space-file.ts";
import {
  configurationToOptions,
  type DataFacts,
  defaultSpace,
  describedSpace,
  parseConstraint,
} from "../src/experiment/tune/index.ts";
import { knownParameters } from "../src/experiment/tune/parameters.ts";
import type { Parameter } from "../src/space/index.ts";

const page = readFileSync(new URL("../docs/search-space.md", import.meta.url), "utf8");
const facts: DataFacts = { numbers: false, height: 32, width: 32, channels: 3, classes: 10, pictures: 50_000 };
const options = { data: "photos" };

/** As the page writes it. */
function written(parameter: Parameter): string {
  if (parameter.kind === "choice") return parameter.choices.join(", ");
  const { kind, low, high, log } = parameter;
  return `${low} to ${high}${kind === "int" ? " whole" : ""}${log ? " log" : ""}`;
}

/** A row for each unit and each option of a run. */
function tableRows(): string[] {
  const cells = new Map<string, string[]>();
  for (const [name, { range, first, role }] of Object.entries(knownParameters(options, facts))) {
    if (range === undefined || role === "switch" || role === "catalogue") continue;
    const [unit, option] = name.split(".", 2) as [string, string | undefined];
    const bold = (text: string) => (first ? `**${text}**` : text);
    const cell = option === undefined ? bold(written(range)) : `${bold(option)} ${written(range)}`;
    cells.set(unit, [...(cells.get(unit) ?? []), cell]);
  }
  return [...cells].map(([unit, list]) => `| \`${unit}\` | ${list.join("; ")} |`);
}

describe("docs/search-space.md", () => {
  const rows = tableRows();
  const shown = page.split("\n").filter((line) => /^\| `[\w-]+` \| .*(\d|none).* \|$/.test(line));
  test.each(rows)("has %s", (row) => expect(page.split("\n")).toContain(row));
  test("has no other", () => expect(shown.filter((line) => !rows.includes(line))).toEqual([]));

  const { names } = defaultSpace(options, facts).space;
  test.each(names.filter((name) => !name.includes(".")))("names %s, which is searched without a file", (name) => {
    expect(page.slice(0, page.indexOf("## A file"))).toContain(`\`${name}\``);
  });

  const files = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text]) => text!);
  test("shows files", () => expect(files.length).toBeGreaterThan(1));
  test.each(files)("%s", (text) => {
    const { space, start } = describedSpace(entriesOf("space.yaml", text), options, facts);
    expect(space.names.length).toBeGreaterThan(0);
    expect(() => configurationToOptions(start, options)).not.toThrow();
  });

  const limits = [...page.matchAll(/`(\w+<=[^`]+)`/g)].map(([, limit]) => limit!);
  test("shows limits", () => expect(limits.length).toBeGreaterThan(3));
  test.each(limits)("%s is a limit", (limit) => expect(parseConstraint(limit).atMost).toBeGreaterThan(0));
});
