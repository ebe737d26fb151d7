/** `argmin check` as people run it: what it prints, writes, answers to scripts, and how it ends. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import {
  argmin,
  contents,
  isThere,
  jsonLines,
  Running,
  temporaryFolder,
  tooWide,
  writeIdxFolder,
  writePhotos,
} from "./support.ts";

const cwd = temporaryFolder();
const odd = "my photos 汉字 📷";

beforeAll(async () => {
  await writePhotos(join(cwd, odd), { classes: ["cats", "dogs & <b>"], count: 12 });
  const cats = join(cwd, odd, "cats");
  const [first] = readdirSync(cats).sort();
  copyFileSync(join(cats, first!), join(cwd, odd, "dogs & <b>", "zz copy.png"));
  writeFileSync(join(cats, "broken.jpg"), "");
  await writePhotos(join(cwd, "good"), { classes: ["a", "b"], count: 14 });
});

describe("on a folder with faults", () => {
  test("tells a person, writes its folder, and changes no file", async () => {
    const before = contents(join(cwd, odd));
    const { code, stdout, stderr } = await argmin(["check", odd], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(tooWide(stdout)).toEqual([]);
    expect(stdout).toContain("25 pictures in 2 classes");
    expect(stdout).toContain("! 1 picture is filed under two classes or more");
    expect(stdout).toMatch(/! 1 file cannot be read and will be skipped\n {4}cats\/broken\.jpg\n {6}empty file/);
    const folder = join("runs", `${odd}-check`);
    expect(readdirSync(join(cwd, folder)).sort()).toEqual(["check.html", "clean.csv", "findings.csv"]);
    expect(stdout).toMatch(new RegExp(`^argmin train '${folder}/clean\\.csv'$`, "m"));
    expect(contents(join(cwd, odd))).toEqual(before);
    // Once more: its own folder is its own to write.
    expect((await argmin(["check", odd], { cwd })).code).toBe(0);
  });

  test("the command that it names trains", async () => {
    const words = ["--model", "linear", "--size", "8", "--epochs", "1"];
    const manifest = join("runs", `${odd}-check`, "clean.csv");
    const { code, stdout } = await argmin(["train", manifest, ...words, "--name", "clean", "--json"], { cwd });
    expect(code).toBe(0);
    const data = jsonLines(stdout).find(({ event }) => event === "data") as Record<string, unknown>;
    expect(data.classes).toEqual(["cats", "dogs & <b>"]);
    const { train, validation, test } = data.counts as { train: number; validation: number; test: number };
    // 24 and the copy, without both of the pair.
    expect(train + validation + test).toBe(23);
    expect(data.skipped).toEqual([]);
  });

  test("exits 1 with --strict", async () => {
    expect((await argmin(["check", odd, "--strict", "--no-labels", "--out", "strict"], { cwd })).code).toBe(1);
    expect((await argmin(["check", "good", "--strict", "--no-labels", "--out", "fine"], { cwd })).code).toBe(0);
  });

  test("tells programs one object a line, and people on stderr", async () => {
    const { code, stdout, stderr } = await argmin(["check", odd, "--json", "--out", "json"], { cwd });
    expect(code).toBe(0);
    const lines = jsonLines(stdout) as Record<string, unknown>[];
    expect(lines.find(({ event }) => event === "data")).toMatchObject({ count: 25, sizes: { width: {}, height: {} } });
    const labels = lines.find(({ kind }) => kind === "two-labels") as { groups: { path: string; label: string }[][] };
    expect(labels.groups).toHaveLength(1);
    expect(labels.groups[0]!.map(({ label }) => label)).toEqual(["cats", "dogs & <b>"]);
    expect(lines).toContainEqual({ event: "unreadable", path: "cats/broken.jpg", reason: "empty file" });
    expect(lines.at(-1)).toMatchObject({ event: "done", trainable: true, left: 3, clean: join("json", "clean.csv") });
    expect(stderr).toContain("25 pictures in 2 classes");
  });
});

test("data that cannot be trained on: exit 1, with the reason and the page", async () => {
  await writePhotos(join(cwd, "lost"), { classes: ["a", "b"], count: 4 });
  for (const name of readdirSync(join(cwd, "lost", "a"))) writeFileSync(join(cwd, "lost", "a", name), "");
  const { code, stderr } = await argmin(["check", "lost"], { cwd });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error lost: .*a\b/);
  const one = await argmin(["check", "builtin:shape"], { cwd });
  expect({ code: one.code, stderr: one.stderr }).toMatchObject({ code: 2 });
  expect(one.stderr).toContain('did you mean "builtin:shapes"?');
});

test("a set in memory has a page and no manifest", async () => {
  writeIdxFolder(join(cwd, "idx"), { train: 60, test: 20 });
  const { code, stdout } = await argmin(["check", "idx", "--out", "of-idx"], { cwd });
  expect(code).toBe(0);
  expect(stdout).not.toContain("clean.csv");
  expect(readdirSync(join(cwd, "of-idx")).sort()).toEqual(["check.html", "findings.csv"]);
});

test("a folder of somebody else is not written over", async () => {
  mkdirSync(join(cwd, "mine"));
  writeFileSync(join(cwd, "mine", "findings.csv"), "mine");
  const { code, stderr } = await argmin(["check", "good", "--out", "mine"], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain("it has a findings.csv that no check has made");
  expect(readFileSync(join(cwd, "mine", "findings.csv"), "utf8")).toBe("mine");
});

test("Ctrl-C ends it, and leaves nothing half written", async () => {
  const running = new Running(["check", "builtin:shapes", "--out", "stopped", "--json"], { cwd });
  await running.until('"phase":"reading"');
  running.child.kill("SIGINT");
  const { code, stderr, stdout } = await running.ended;
  expect(code).toBe(130);
  expect(stdout + stderr).toContain("Stopping.");
  expect(stderr).toContain("it was interrupted");
  expect(isThere(join(cwd, "stopped"))).toBe(false);
});
