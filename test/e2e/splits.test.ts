/** `--split`, `--group-by`, `--fit` and `--balance`, from the command and from the library. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { linear, type Source, sgd, shapes, train } from "argmin";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readMetadata } from "../../src/onnx/index.ts";
import { argmin, doneLine, jsonLines, type Options, temporaryFolder, write, writePhotos } from "./support.ts";

const cwd = temporaryFolder();
const here: Options = { cwd };
const small = ["--model", "linear", "--epochs", "1", "--size", "8"];
const notesOf = (stdout: string): string[] => jsonLines(stdout).find(({ event }) => event === "data")!.notes;

interface Lists {
  readonly train: string[];
  readonly validation: string[];
  readonly test: string[];
}
const splitOf = (run: string): Lists => JSON.parse(readFileSync(join(cwd, "runs", run, "split.json"), "utf8"));

beforeAll(async () => {
  await writePhotos(join(cwd, "photos"), { classes: ["cats", "dogs", "eels"], count: 20 });
});

describe("--split", () => {
  test("repeats the split of a run, whatever the seed, in training and in evaluation", async () => {
    doneLine(await argmin(["train", "photos", ...small, "--name", "first", "--seed", "1", "--json"], here));
    const again = ["train", "photos", ...small, "--name", "again", "--seed", "9", "--json"];
    const result = await argmin([...again, "--split", "runs/first"], here);
    const { test: found } = doneLine(result);
    const lists = ({ train, validation, test }: Lists) => ({ train, validation, test });
    expect(lists(splitOf("again"))).toEqual(lists(splitOf("first")));
    expect(notesOf(result.stdout)).toContain(`Split as ${join("runs", "first", "split.json")} says`);
    const config = parse(readFileSync(join(cwd, "runs/again/config.yaml"), "utf8"));
    expect(config).toMatchObject({ split: "runs/first", groupBy: null, fit: "letterbox", balance: "none" });

    write(join(cwd, "two.json"), JSON.stringify({ train: [], validation: [], test: ["cats/3.png", "eels/4.png"] }));
    const judged = await argmin(["evaluate", "runs/again", "photos", "--split", "two.json", "--json"], here);
    expect(doneLine(judged).images).toBe(2);
    const same = await argmin(["evaluate", "runs/again", "photos", "--split", "runs/first", "--json"], here);
    expect(doneLine(same).accuracy).toBe(found.accuracy);
  });

  test("by hand: what it does not name is left out and told", async () => {
    const all = ["cats", "dogs", "eels"].flatMap((name) => Array.from({ length: 19 }, (_, n) => `${name}/${n}.png`));
    const lists = { train: all.slice(3), validation: all.slice(0, 2), test: [all[2]] };
    write(join(cwd, "hand.json"), JSON.stringify(lists));
    const result = await argmin(
      ["train", "photos", ...small, "--name", "hand", "--split", "hand.json", "--json"],
      here,
    );
    doneLine(result);
    const data = jsonLines(result.stdout).find(({ event }) => event === "data")!;
    expect(data.counts).toEqual({ train: 54, validation: 2, test: 1 });
    expect(data.notes).toContain("3 pictures are not named in it and left out: cats/19.png, dogs/19.png, eels/19.png");
  });

  test.each([
    ["a picture that is not there", { train: ["cats/0.png", "cats/99.png"], validation: [], test: [] }, "cats/99.png"],
    ["a class that is not trained", { train: ["cats/0.png", "dogs/0.png"], validation: [], test: [] }, "class eels"],
    ["a picture on two sides", { train: ["cats/0.png"], validation: ["cats/0.png"], test: [] }, "cats/0.png"],
    ["nothing to train on", { train: [], validation: [], test: ["cats/0.png"] }, "no picture to train on"],
    ["no list", { train: ["cats/0.png"] }, '"validation" is not a list'],
  ])("with %s is an error of the file, and no run is left behind", async (_, lists, what) => {
    write(join(cwd, "bad.json"), JSON.stringify(lists));
    const { code, stderr } = await argmin(["train", "photos", ...small, "--name", "bad", "--split", "bad.json"], here);
    expect(code).toBe(1);
    expect(stderr).toContain("error bad.json: ");
    expect(stderr).toContain(what);
    expect(() => splitOf("bad")).toThrow();
  });

  test("that cannot be read is wrong usage", async () => {
    const { code, stderr } = await argmin(["train", "photos", ...small, "--split", "none.json"], here);
    expect([code, stderr]).toEqual([2, expect.stringContaining("error none.json: cannot be read (ENOENT)")]);
  });
});

describe("--group-by", () => {
  test("an expression keeps groups on one side, and says how many there are", async () => {
    // 0.png, 10.png; 1.png, 11.png; …: ten groups of six pictures, two of each class.
    const by = "(\\d)\\.png$";
    const result = await argmin(["train", "photos", ...small, "--name", "grouped", "--group-by", by, "--json"], here);
    doneLine(result);
    expect(notesOf(result.stdout)[0]).toBe(`Split by /${by}/: 10 groups, 10 of them with pictures of several classes`);
    const split = splitOf("grouped");
    const groups = (paths: string[]) => new Set(paths.map((path) => path.at(-5)));
    expect(split.train.length + split.validation.length + split.test.length).toBe(60);
    expect([groups(split.train).size, groups(split.validation).size, groups(split.test).size]).toEqual([8, 1, 1]);
    const other = ["train", "photos", ...small, "--group-by", by, "--split", "runs/first", "--json"];
    const torn = await argmin(other, here);
    expect(notesOf(torn.stdout).some((note) => note.startsWith("Warning: it tears"))).toBe(true);
  });

  test("the column of a list", async () => {
    const lines = ["cats", "dogs"].flatMap((name) =>
      Array.from({ length: 20 }, (_, n) => `photos/${name}/${n}.png,${name},patient ${n % 5}`),
    );
    write(join(cwd, "list.csv"), `path,label,group\n${lines.join("\n")}\n`);
    const result = await argmin(
      ["train", "list.csv", ...small, "--name", "list", "--group-by", "column", "--json"],
      here,
    );
    doneLine(result);
    expect(notesOf(result.stdout)).toContain("Split by column: 5 groups, 5 of them with pictures of several classes");
    expect(splitOf("list").test).toHaveLength(8);
  });

  test("without groups is an error", async () => {
    const { code, stderr } = await argmin(["train", "photos", ...small, "--group-by", "column"], here);
    expect([code, stderr]).toEqual([1, expect.stringContaining("names no groups")]);
  });
});

describe("--fit", () => {
  test.each(["letterbox", "crop", "stretch"] as const)(
    "%s goes into the model, which judges as training did",
    async (fit) => {
      const result = await argmin(["train", "photos", ...small, "--name", fit, "--fit", fit, "--json"], here);
      const { test: found } = doneLine(result);
      const model = readFileSync(join(cwd, "runs", fit, "model.onnx"));
      expect(JSON.parse(readMetadata(model, fit).preprocessing!)).toMatchObject({ fit, size: [8, 8] });
      const judged = doneLine(await argmin(["evaluate", `runs/${fit}`, "photos", "--json"], here));
      expect(judged.accuracy).toBe(found.accuracy);
      // The same bytes went in: the log loss agrees to the rounding of float32.
      expect(Math.abs(judged.loss - found.loss)).toBeLessThan(1e-6);
    },
  );

  test("decides what is seen: each way gives other weights, and another model of them", async () => {
    const losses = ["letterbox", "crop", "stretch"].map((fit) => {
      const text = readFileSync(join(cwd, "runs", fit, "metrics.csv"), "utf8");
      return text.split("\n")[1]!.split(",")[2];
    });
    expect(new Set(losses).size).toBe(3);
    const { code, stderr } = await argmin(["train", "photos", "--fit", "crip"], here);
    expect([code, stderr]).toEqual([2, expect.stringContaining('did you mean "crop"')]);
  });
});

/** Class 0 nine times as often as class 1; both look the same, so only their numbers can be learned. */
function lopsided(): Source {
  const { uniform, ...rest } = shapes({ train: 400, test: 10 });
  const pixels = new Uint8Array(uniform!.pixels.length).fill(100);
  const labels = Int32Array.from(rest.paths, (_, i) => (i % 10 === 0 ? 1 : 0));
  return { ...rest, classes: ["often", "rare"], labels, uniform: { ...uniform!, pixels } };
}

describe("balance", () => {
  const options = { model: linear(), optimizer: sgd({ learningRate: 0.5 }), epochs: 20, seed: 1, batchSize: 40 };
  const rareShare = async (balance: "none" | "weights" | "sample") => {
    const notes: string[] = [];
    const run = await train({
      ...options,
      data: lopsided(),
      balance,
      onEvent: (event) => event.type === "data" && notes.push(...event.notes),
    });
    return { loss: run.history.at(-1)!.trainLoss, notes, run };
  };

  test("weights and sample both make the classes equally likely; without, the frequent one wins", async () => {
    const entropy = (p: number) => -p * Math.log(p) - (1 - p) * Math.log(1 - p);
    const none = await rareShare("none");
    const weights = await rareShare("weights");
    const sample = await rareShare("sample");
    // Nothing but the numbers of the classes can be learned: the best loss is the entropy of the shares that training sees.
    expect(none.loss).toBeCloseTo(entropy(0.1), 1);
    for (const { loss, notes } of [weights, sample]) {
      expect(loss).toBeCloseTo(Math.log(2), 1);
      expect(notes.some((note) => /; rare: rare \(\d+ of \d+\)$/.test(note))).toBe(true);
    }
    expect(sample.run.history[0]!.step).toBe(none.run.history[0]!.step);
    expect((await rareShare("sample")).run.weightsHash).toBe(sample.run.weightsHash);
    expect(new Set([none, weights, sample].map(({ run }) => run.weightsHash)).size).toBe(3);
  });

  test("is refused beside class weights, and where nothing is drawn", async () => {
    const both = ["train", "photos", "--balance", "weights", "--class-weights", "1,1,2"];
    expect(await argmin(both, here)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("class weights are given, too"),
    });
    const solver = ["train", "photos", "--optimizer", "lbfgs", "--l2", "1e-3", "--balance", "sample"];
    expect(await argmin(solver, here)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("lbfgs draws no pictures"),
    });
  });
});
