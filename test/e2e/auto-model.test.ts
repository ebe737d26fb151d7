/** A model that is left to the data and the time: on the command line, in a configuration file and in a program. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { auto, crossValidate, train } from "argmin";
import { beforeAll, expect, test } from "vitest";
import { argmin, doneLine, jsonLines, temporaryFolder, write, writePhotos } from "./support.ts";

const cwd = temporaryFolder();
const WHY = "fastnet, since 10 epochs of 36 pictures of 8×8 take it about 1 s of 30 min";

beforeAll(async () => {
  await writePhotos(join(cwd, "photos"), { classes: ["cats", "dogs", "eels"], count: 12 });
  write(join(cwd, "auto.yaml"), "model: auto\nsize: 8\nsteps: 2\n");
});

test.each([
  ["--model auto", ["--model", "auto", "--size", "8", "--steps", "2"], "fastnet"],
  ["a configuration file", ["--config", "auto.yaml"], "fastnet"],
  ["a solver", ["--model", "auto", "--size", "8", "--optimizer", "lbfgs"], "linear"],
  ["a flag against the file", ["--config", "auto.yaml", "--model", "mlp", "--hidden", "8"], "mlp"],
  ["layers against the file", ["--config", "auto.yaml", "--hidden", "8"], "mlp"],
])("%s", async (_, flags, name) => {
  const run = `runs/${flags.join("")}`.replaceAll(/[^\w/]/g, "");
  const said = ["train", "photos", ...flags, "--no-report", "--json", "--name", run.slice(5)];
  const result = await argmin(said, { cwd });
  doneLine(result);
  const events = jsonLines(result.stdout).filter(({ event }) => event === "model");
  if (name === "mlp") expect(events).toEqual([]);
  else
    expect(events).toMatchObject([
      { model: name, why: name === "fastnet" ? WHY : expect.stringMatching(/^linear, since lbfgs/) },
    ]);
  expect(readFileSync(join(cwd, run, "config.yaml"), "utf8")).toContain(`name: ${name}`);
});

test("a program", async () => {
  const said: string[] = [];
  const options = { data: join(cwd, "photos"), model: auto(), size: 8, steps: 1, report: false } as const;
  const onEvent = (event: { readonly type: string; readonly why?: string }) => {
    if (event.type === "model") said.push(event.why!);
  };
  const run = await train({ ...options, onEvent });
  expect(run.settings.model.name).toBe("fastnet");
  const folds = await crossValidate({ ...options, folds: 2, onEvent });
  expect(folds.settings.model.name).toBe("fastnet");
  expect(said).toEqual([WHY, WHY]);
});
