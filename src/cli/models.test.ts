import { stripVTControlCharacters } from "node:util";
import { afterEach, expect, test, vi } from "vitest";
import { models } from "../models/index.ts";
import { modelsCommand } from "./models.ts";
import { Output } from "./output.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** What the command writes on stdout. */
async function said(json: boolean, flags: Parameters<typeof modelsCommand>[2]): Promise<string> {
  let text = "";
  vi.spyOn(process.stdout, "write").mockImplementation((part) => {
    text += part;
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  await modelsCommand(new Output(json), undefined, flags);
  vi.restoreAllMocks();
  return text;
}

const flags = { size: "8", channels: "1", classes: "3", batchSize: "4" };

test("names each model within 80 columns", async () => {
  const text = await said(false, flags);
  for (const name of Object.keys(models)) expect(text).toContain(name);
  for (const line of stripVTControlCharacters(text).split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});

test("counts what can be counted by hand: 64 pixels and a bias to 3 classes", async () => {
  const [linear] = (await said(true, flags)).split("\n").map((line) => line && JSON.parse(line));
  expect(linear).toMatchObject({ model: "linear", parameters: 195, multiplyAdds: 192, batchSize: 4 });
});

test("refuses what is no picture", async () => {
  await expect(said(false, { ...flags, size: "2" })).rejects.toThrow("--size: is 2; give a whole number, 4 or more");
});
