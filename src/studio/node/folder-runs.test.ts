import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { studioApp } from "../app.ts";
import { OWN_HEADER } from "../guard.ts";
import type { RunSummary } from "../run-shelf.ts";
import { FolderRuns } from "./folder-runs.ts";

const home = mkdtempSync(join(tmpdir(), "argmin-studio-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const HEAD = "epoch,step,train_loss,validation_loss,validation_accuracy,learning_rate,gradient_norm,zeros,seconds\n";
const row = (epoch: number, accuracy = epoch / 10) =>
  `${epoch},${10 * epoch},${2 / epoch},${3 / epoch},${accuracy},0.01,1,0,0.5\n`;
const CONFIG = "argmin: 0.1.0\ndata: builtin:shapes\nmodel: { kind: model, name: cnn, options: {} }\nepochs: 3\n";
const FIGURES = JSON.stringify({ parameters: 1234, seconds: 7, interrupted: false, test: { accuracy: 0.75 } });

let runs: string;
let shelf: FolderRuns;
let count = 0;
const old = new Date(Date.now() - 3_600_000);

/** A run folder with these files. */
function make(name: string, files: Record<string, string | Uint8Array>): string {
  const folder = join(runs, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}
const whole = { "config.yaml": CONFIG, "metrics.csv": HEAD + row(1) + row(2) + row(3), "metrics.json": FIGURES };
const find = async (name: string): Promise<RunSummary> => (await shelf.list()).find((run) => run.name === name)!;

beforeEach(() => {
  runs = join(home, String(count++));
  mkdirSync(runs);
  shelf = new FolderRuns(runs);
});

test("a finished run, with what the table shows", async () => {
  make("first", whole);
  expect(await find("first")).toMatchObject({
    ...{ state: "finished", epochs: 3, plannedEpochs: 3, bestEpoch: 3, validationAccuracy: 0.3, validationLoss: 1 },
    ...{ testAccuracy: 0.75, parameters: 1234, seconds: 7, problems: [], pinned: false },
    settings: { data: "builtin:shapes", model: { name: "cnn" } },
  });
  expect(await shelf.curves(["first"])).toMatchObject({
    first: { epoch: [1, 2, 3], validationAccuracy: [0.1, 0.2, 0.3] },
  });
});

test("folders that are no runs are not listed, nor are hidden ones and trials; folds are", async () => {
  make("first", whole);
  make("photos", { "cat.txt": "no run" });
  make(".hidden", whole);
  make("tune/trial-0001", whole);
  make("cv", { "config.yaml": CONFIG });
  make("cv/fold1", whole);
  make("cv/fold2", whole);
  expect((await shelf.list()).map(({ name }) => name).sort()).toEqual(["cv/fold1", "cv/fold2", "first"]);
});

test("an empty folder and one that is not there yet have no runs", async () => {
  expect(await shelf.list()).toEqual([]);
  expect(await new FolderRuns(join(runs, "later")).list()).toEqual([]);
});

describe("damaged files are told, and the rest of the run and the other runs are shown", () => {
  const rubbish = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256);
  test.each<[string, Record<string, string | Uint8Array>, string, object]>([
    [
      "YAML that is none",
      { "config.yaml": "data: [unclosed\n  - {" },
      "config.yaml is not YAML",
      { settings: null, epochs: 3 },
    ],
    ["YAML that is a word", { "config.yaml": "hello" }, "config.yaml is no list of options", { settings: null }],
    ["an empty configuration", { "config.yaml": "" }, "config.yaml is empty", { settings: null }],
    ["a configuration of rubbish", { "config.yaml": rubbish }, "config.yaml is", { settings: null, epochs: 3 }],
    ["epochs cut off in a line", { "metrics.csv": `${HEAD}${row(1)}2,20,1.` }, "", { epochs: 1 }],
    [
      "a line in the middle that is broken",
      { "metrics.csv": `${HEAD}${row(1)}2,2\n${row(3)}` },
      "line 3",
      { epochs: 2 },
    ],
    [
      "epochs of rubbish",
      { "metrics.csv": rubbish },
      "metrics.csv is no table of epochs",
      { epochs: 0, state: "finished" },
    ],
    ["no epochs at all", { "metrics.csv": "" }, "metrics.csv is empty", { epochs: 0 }],
    [
      "figures cut off",
      { "metrics.json": FIGURES.slice(0, 30) },
      "metrics.json is not what a run writes",
      { testAccuracy: null, state: "stopped" },
    ],
    ["figures of another kind", { "metrics.json": "[1, 2]" }, "metrics.json", { testAccuracy: null }],
    ["figures of rubbish", { "metrics.json": rubbish }, "metrics.json", { parameters: null, epochs: 3 }],
    ["a reference that unfolds without end", { "config.yaml": bomb() }, "config.yaml is not YAML", { settings: null }],
  ])("%s", async (_, damage, told, rest) => {
    make("sound", whole);
    make("damaged", { ...whole, ...damage });
    const run = await find("damaged");
    expect(run).toMatchObject(rest);
    expect(run.problems.join("; ")).toContain(told);
    if (told !== "") expect(run.problems).toHaveLength(1);
    expect((await find("sound")).problems).toEqual([]);
  });

  test("a link to a file elsewhere is not followed, and a pipe keeps nobody waiting", async () => {
    const folder = make("odd", { "metrics.csv": whole["metrics.csv"] });
    writeFileSync(join(home, "secret.yaml"), "secret: 1\n");
    symlinkSync(join(home, "secret.yaml"), join(folder, "config.yaml"));
    for (const file of ["metrics.json", "running.json"]) execFileSync("mkfifo", [join(folder, file)]);
    const run = await find("odd");
    expect(JSON.stringify(run)).not.toContain("secret");
    expect(run.problems).toEqual(["config.yaml is no plain file", "metrics.json is no plain file"]);
  });

  test("files that are missing, and folders in their place", async () => {
    make("bare", { "config.yaml": CONFIG });
    make("lone", { "metrics.csv": whole["metrics.csv"] });
    make("odd", { "config.yaml": CONFIG });
    for (const file of ["metrics.csv", "metrics.json", "running.json"]) mkdirSync(join(runs, "odd", file));
    expect((await find("bare")).problems).toEqual(["metrics.csv is missing"]);
    expect(await find("lone")).toMatchObject({ epochs: 3, problems: ["config.yaml is missing"] });
    expect((await find("odd")).problems).toEqual(["metrics.csv is no plain file", "metrics.json is no plain file"]);
  });
});

/** Nine references to nine references to …: 9^9 entries in nine lines. */
function bomb(): string {
  const lines = Array.from({ length: 9 }, (_, i) => {
    const item = i === 0 ? "x" : `*a${i - 1}`;
    return `a${i}: &a${i} [${Array(9).fill(item).join(", ")}]`;
  });
  return `${lines.join("\n")}\n`;
}

describe("a run in training", () => {
  const running = (facts: object) =>
    JSON.stringify({ pid: process.pid, host: hostname(), at: Date.now(), progress: null, ...facts });
  const young = { "config.yaml": CONFIG, "metrics.csv": HEAD + row(1) };

  test("is told to run by its file, also where an earlier part has ended", async () => {
    make("resumed", {
      ...whole,
      "running.json": running({ progress: { epoch: 2, step: 15, steps: 30, loss: 1, secondsLeft: 9 } }),
    });
    expect(await find("resumed")).toMatchObject({
      state: "running",
      progress: { share: 0.5, secondsLeft: 9 },
      testAccuracy: null,
    });
  });

  test("runs while it was written lately, and has stopped when its process is gone", async () => {
    const folder = make("young", young);
    expect((await find("young")).state).toBe("running");
    const { utimesSync } = await import("node:fs");
    for (const file of Object.keys(young)) utimesSync(join(folder, file), old, old);
    utimesSync(folder, old, old);
    expect((await find("young")).state).toBe("stopped");
  });

  test("is neither renamed nor thrown away", async () => {
    make("resumed", { ...whole, "running.json": running({}) });
    await expect(shelf.rename("resumed", "other")).rejects.toThrow("is being trained");
    await expect(shelf.discard("resumed")).rejects.toThrow("is being trained");
  });

  test("whoever watches is told of new epochs, new runs and those that are gone", async () => {
    const folder = make("young", young);
    make("other", whole);
    const told: { changed: string[]; gone: readonly string[] }[] = [];
    const release = shelf.watch(({ changed, gone }) =>
      told.push({ changed: changed.map((run) => `${run.name} ${run.epochs}`), gone }),
    );
    const until = async (n: number) => {
      for (let i = 0; told.length < n && i < 100; i++) await new Promise((done) => setTimeout(done, 30));
    };
    await new Promise((done) => setTimeout(done, 100));
    writeFileSync(join(folder, "metrics.csv"), young["metrics.csv"] + row(2));
    rmSync(join(runs, "other"), { recursive: true });
    await until(1);
    release();
    expect(told).toEqual([{ changed: ["young 2"], gone: ["other"] }]);
  });
});

describe("what one does with a run", () => {
  test("a pin holds through a renaming", async () => {
    make("first", whole);
    await shelf.pin("first", true);
    await shelf.rename("first", "の 名 & <b>");
    expect(await find("の 名 & <b>")).toMatchObject({ pinned: true, epochs: 3 });
    await shelf.pin("の 名 & <b>", false);
    expect((await find("の 名 & <b>")).pinned).toBe(false);
  });

  test.each(["", ".hidden", "../out", "a/b", "a\\b", "c:d", " a", "a\0b", "x".repeat(201)])(
    "no run is named %j",
    async (to) => {
      make("first", whole);
      await expect(shelf.rename("first", to)).rejects.toThrow("cannot be the name");
      expect(readdirSync(runs)).toEqual(["first"]);
    },
  );

  test("a name that is taken is refused, and nothing is written over", async () => {
    make("first", whole);
    make("second", { ...whole, "config.yaml": "data: other\n" });
    await expect(shelf.rename("first", "second")).rejects.toThrow('there is a "second" already');
    expect(readFileSync(join(runs, "second", "config.yaml"), "utf8")).toBe("data: other\n");
  });

  test("what is thrown away comes back as it was, unless its name was taken", async () => {
    make("first", whole);
    const { id } = await shelf.discard("first");
    expect(await shelf.list()).toEqual([]);
    expect(await shelf.trash()).toMatchObject([{ id, name: "first" }]);
    make("first", { "config.yaml": "data: other\n" });
    await expect(shelf.restore(id)).rejects.toThrow('there is a run "first" again');
    await shelf.rename("first", "second").catch(() => rmSync(join(runs, "first"), { recursive: true }));
    await shelf.restore(id);
    expect(await find("first")).toMatchObject({ state: "finished", epochs: 3 });
    expect(await shelf.trash()).toEqual([]);
  });

  test("an emptied trash gives nothing back", async () => {
    make("first", whole);
    const { id } = await shelf.discard("first");
    await shelf.emptyTrash();
    await expect(shelf.restore(id)).rejects.toThrow("not in the trash");
    expect(readdirSync(runs)).toEqual([]);
  });

  test("a note in the trash that leads elsewhere is none", async () => {
    make("first", whole);
    const { id } = await shelf.discard("first");
    writeFileSync(join(runs, ".trash", id, "note.json"), JSON.stringify({ name: "../out", when: 1 }));
    await expect(shelf.restore(id)).rejects.toThrow("not in the trash");
    await expect(shelf.restore("../..")).rejects.toThrow("not in the trash");
  });
});

describe("no name leads out of the folder of runs", () => {
  const outside = () => make("../outside", whole);
  const requestOf = (path: string, method = "GET") => {
    const app = studioApp({ desk: { runs: shelf } as never, pages: { read: async () => undefined } });
    return app.request(path, { method, headers: { host: "localhost:4242", [OWN_HEADER]: "1" } });
  };
  test.each([
    "../outside",
    "%2e%2e%2foutside",
    "..%2Foutside",
    "..%5Coutside",
    "%252e%252e%252foutside",
    "....//outside",
    "first%2F..%2F..%2Foutside",
    "%2Fetc",
    "first%00",
    ".trash",
    "link",
    "link%2F..%2Foutside",
  ])("%s", async (name) => {
    outside();
    make("first", whole);
    make(".trash/first", whole);
    symlinkSync(join(runs, "..", "outside"), join(runs, "link"));
    const answer = await requestOf(`/api/runs/${name}`, "DELETE");
    expect(answer.status).toBe(404);
    expect((await requestOf(`/api/curves?run=${name}`)).status).toBe(404);
    expect(readdirSync(join(runs, "..", "outside")).sort()).toEqual(["config.yaml", "metrics.csv", "metrics.json"]);
    expect(readdirSync(runs).sort()).toEqual([".trash", "first", "link"]);
    expect((await shelf.list()).map((run) => run.name)).toEqual(["first"]);
  });

  test("a fold is named with its slash encoded", async () => {
    make("cv", { "config.yaml": CONFIG });
    make("cv/fold1", whole);
    expect((await requestOf("/api/curves?run=cv%2Ffold1")).status).toBe(200);
    expect((await requestOf("/api/runs/cv%2Ffold1", "DELETE")).status).toBe(200);
    expect(await shelf.trash()).toMatchObject([{ name: "cv/fold1" }]);
  });
});

test("changes are told as server-sent events", async () => {
  const folder = make("young", { "config.yaml": CONFIG, "metrics.csv": HEAD + row(1) });
  const app = studioApp({ desk: { runs: shelf } as never, pages: { read: async () => undefined } });
  const ending = new AbortController();
  const answer = await app.request("/api/events", { headers: { host: "localhost" }, signal: ending.signal });
  expect(answer.headers.get("content-type")).toContain("text/event-stream");
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toContain("event: ready");
  await new Promise((done) => setTimeout(done, 100));
  writeFileSync(join(folder, "metrics.csv"), HEAD + row(1) + row(2));
  const { value } = await reader.read();
  expect(value).toMatch(/^event: runs\ndata: \{"changed":\[\{"name":"young"/);
  expect(value).toContain('"epochs":2');
  ending.abort();
  await reader.cancel();
});
