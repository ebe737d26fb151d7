/** Networks with batch norm through whole runs: their running statistics are kept, resumed, folded into what is shipped, and a fold's own. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { decodeTensors } from "../../src/train/index.ts";
import { argmin, csvRows, doneLine, jsonLines, temporaryFolder, writePhotos } from "./support.ts";

const cwd = temporaryFolder();
const run = async (...args: string[]) => doneLine(await argmin([...args, "--json"], { cwd }));
const tensorsOf = (name: string, kind = "last") => {
  const path = join(cwd, "runs", name, "checkpoints", `${kind}.safetensors`);
  return decodeTensors(readFileSync(path), path).tensors;
};
const statistics = (name: string) =>
  Object.entries(tensorsOf(name)).filter(([key]) => /norm\d*\.(mean|variance)$/.test(key));

beforeAll(async () => {
  await writePhotos(join(cwd, "photos"), { classes: ["cats", "dogs", "eels"], count: 14 });
});

describe.each([
  ["fastnet", "fastnet:width=4"],
  ["resnet", "resnet:depth=20,width=2"],
])("%s", (name, model) => {
  const small = ["--model", model, "--size", "12", "--batch-size", "8", "--schedule", "constant", "--no-report"];
  const train = (own: string, ...more: string[]) => run("train", "photos", ...small, ...more, "--name", own);

  test("goes on bit for bit, its running statistics too, and ships them within its convolutions", async () => {
    const whole = await train(`${name}-whole`, "--epochs", "2");
    await train(`${name}-cut`, "--epochs", "1");
    const [early, late] = [statistics(`${name}-cut`), statistics(`${name}-whole`)];
    expect(late.length).toBeGreaterThan(4);
    for (const [i, [key, { data }]] of late.entries()) {
      // They have left where they began, and moved on.
      expect([...data], key).not.toEqual([...data].fill(key.endsWith("mean") ? 0 : 1));
      expect([...data], key).not.toEqual([...early[i]![1].data]);
    }
    const resumed = await run("resume", join("runs", `${name}-cut`), "--epochs", "2", "--no-report");
    expect(resumed.weightsHash).toBe(whole.weightsHash);
    expect(tensorsOf(`${name}-cut`)).toEqual(tensorsOf(`${name}-whole`));

    const exported = await run("export", join("runs", `${name}-cut`));
    expect(exported.runtimes.map(({ largest }: { largest: number }) => largest <= 1e-5)).toEqual([true, true]);
    const bytes = readFileSync(join(cwd, "runs", `${name}-cut`, "model.onnx")).toString("latin1");
    expect(bytes).toContain("Conv");
    expect(bytes).not.toContain("BatchNormalization");
    // One picture at a time, as shipped, and in batches beside others, as the run was judged: the same.
    const judged = csvRows(join(cwd, "runs", `${name}-cut`, "predictions.csv")).filter(({ split }) => split === "test");
    expect(judged.length).toBeGreaterThan(0);
    const paths = judged.map(({ path }) => join("photos", path!));
    const said = jsonLines(
      (await argmin(["predict", join("runs", `${name}-cut`), ...paths, "--json"], { cwd })).stdout,
    );
    for (const [i, { predicted, probability }] of judged.entries()) {
      expect(said[i]!.label).toBe(predicted);
      expect(said[i]!.probability).toBeCloseTo(Number(probability), 4);
    }
  });
});

test("each fold begins with statistics of its own: the run of its split alone ends the same", async () => {
  const small = ["--model", "fastnet:width=4", "--size", "12", "--batch-size", "8", "--epochs", "2", "--no-report"];
  await run("train", "photos", ...small, "--folds", "2", "--name", "cv");
  const split = join("runs", "cv", "fold2", "split.json");
  await run("train", "photos", ...small, "--split", split, "--name", "alone");
  expect(tensorsOf("alone")).toEqual(tensorsOf(join("cv", "fold2")));
});
