/** The first command that anyone gives. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { argmin, contents, doneLine, isThere, Running, temporaryFolder, tooWide, write } from "./support.ts";

describe("quickstart", () => {
  const mayUnshare = spawnSync("unshare", ["-n", "true"]).status === 0;

  test("reaches 97 % in an empty folder, without a network, writing nowhere else", async () => {
    const home = temporaryFolder();
    const fresh = temporaryFolder();
    const env = { HOME: home, TMPDIR: home, ARGMIN_REPORT: "" };
    const options = { cwd: fresh, env, within: mayUnshare ? ["unshare", "-n"] : [] };
    const result = await argmin(["quickstart", "--json"], options);
    const done = doneLine(result);
    expect(done.run).toBe("runs/quickstart");
    expect(done.test.accuracy).toBeGreaterThanOrEqual(0.97);
    expect(done.seconds).toBeLessThan(120);
    expect(readdirSync(fresh)).toEqual(["runs"]);
    expect(readdirSync(join(fresh, "runs"))).toEqual(["quickstart"]);
    expect([...contents(join(fresh, "runs", "quickstart")).keys()].sort()).toEqual([
      "answers.bin",
      "batch0.png",
      "checkpoints/best.safetensors",
      "checkpoints/last.safetensors",
      "commands.txt",
      "config.yaml",
      "confusion.csv",
      "events.ndjson",
      "metrics.csv",
      "metrics.json",
      "model.onnx",
      "predictions.csv",
      "report.html",
      "split.json",
      "templates.bin",
    ]);
    expect(readdirSync(home)).toEqual([]);
    for (const next of ["argmin train path/to/photos", "argmin predict runs/quickstart"])
      expect(result.stderr).toContain(next);
    expect(tooWide(result.stderr)).toEqual([]);
  });

  test("a second one takes the next free name", async () => {
    const other = temporaryFolder();
    write(join(other, "runs", "quickstart", "config.yaml"), "taken");
    const running = new Running(["quickstart"], { cwd: other });
    await running.until("first loss");
    expect(isThere(other, "runs", "quickstart-2", "config.yaml")).toBe(true);
    running.child.kill("SIGINT");
    running.child.kill("SIGINT");
    await running.ended;
    expect([...contents(join(other, "runs", "quickstart")).keys()]).toEqual(["config.yaml"]);
  });
});
