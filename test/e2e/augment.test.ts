/** Augmentation from the command to the weights, and the thread that prepares batches: the same bytes wherever they are made. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closedForm, flip, hinge, linear, mixup, mlp, rotate, train } from "argmin";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { settleAugment } from "../../src/data/index.ts";
import type { PlanRequest, TrainEvent } from "../../src/train/index.ts";
import { planOf, recipe, run } from "../tiny.ts";
import { argmin, doneLine, isThere, jsonLines, temporaryFolder, writeIdxFolder, writePhotos } from "./support.ts";

const cwd = temporaryFolder();
const data = writeIdxFolder(join(cwd, "idx"), { train: 150, test: 30 });
const quick = ["--model", "mlp", "--hidden", "8", "--epochs", "3", "--batch-size", "16", "--json"];
const trained = (name: string, ...flags: string[]) =>
  argmin(["train", data, ...quick, "--name", name, ...flags], { cwd });
const configOf = (name: string) => parse(readFileSync(join(cwd, "runs", name, "config.yaml"), "utf8"));

describe("--augment", () => {
  test("is kept in config.yaml, repeats itself to the last bit, and none of it changes nothing", async () => {
    const list = "light,flip,rotate:degrees=20";
    const first = doneLine(await trained("first", "--augment", list));
    expect(configOf("first").augment.map(({ name }: { name: string }) => name)).toEqual([
      ...["flip", "rotate", "shift", "brightness", "contrast"],
    ]);
    expect(configOf("first").augment[1].options).toEqual({ degrees: 20 });
    const config = join("runs", "first", "config.yaml");
    const again = doneLine(await argmin(["train", "--config", config, "--name", "again", "--json"], { cwd }));
    expect(again.weightsHash).toBe(first.weightsHash);
    const plain = doneLine(await trained("plain"));
    expect(plain.weightsHash).not.toBe(first.weightsHash);
    expect(configOf("plain").augment).toEqual([]);
    expect(doneLine(await trained("none", "--augment", "none")).weightsHash).toBe(plain.weightsHash);
    writeFileSync(
      join(cwd, "hand.yaml"),
      `data: ${data}\naugment: [light, flip, {name: rotate, options: {degrees: 20}}]\n`,
    );
    const byHand = doneLine(await argmin(["train", "--config", "hand.yaml", ...quick, "--name", "hand"], { cwd }));
    expect(byHand.weightsHash).toBe(first.weightsHash);
  });

  test("mixing trains a loss of soft targets, and goes together with the rest", async () => {
    const flags = ["--augment", "strong,flip,mixup,cutmix", "--dropout", "0.2", "--accumulate", "2"];
    const more = ["--class-weights", "1,2,1", "--average-weights", "0.9"];
    const one = doneLine(await trained("mixed", ...flags, ...more));
    expect(one.weightsHash).toBe(doneLine(await trained("mixed-again", ...flags, ...more)).weightsHash);
    expect(
      configOf("mixed")
        .augment.map(({ name }: { name: string }) => name)
        .slice(-2),
    ).toEqual(["mixup", "cutmix"]);
  });

  test.each([
    [
      ["--augment", "mixup", "--loss", "hinge"],
      "loss hinge",
      /mixup and cutmix make it a distribution.*choose one of cross-entropy/,
    ],
    [["--augment", "flip", "--optimizer", "closed-form"], "augment", /closed-form solves for the pictures as they are/],
    [["--augment", "flop"], "--augment", /did you mean "flip"/],
    [["--augment", "rotate:degrees=400"], "augmentation rotate, degrees", /is 400/],
  ])("%j is refused before anything is read", async (flags, where, message) => {
    const { code, stderr } = await argmin(["train", data, "--name", "no", ...flags], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(where);
    expect(stderr.replaceAll(/\s+/g, " ")).toMatch(message);
    expect(isThere(cwd, "runs", "no")).toBe(false);
  });
});

describe("in a program", () => {
  const options = { data, model: mlp({ hidden: [8] }), epochs: 2, batchSize: 16 };
  test("units and presets are values", async () => {
    const run = await train({ ...options, augment: ["light", flip(), rotate({ degrees: 4 })] });
    expect(run.settings.augment.map(({ name }) => name)).toEqual(["flip", "rotate", "shift", "brightness", "contrast"]);
    const mixed = await train({ ...options, augment: mixup() });
    expect(mixed.weightsHash).not.toBe(run.weightsHash);
  });

  test("what cannot be is refused", async () => {
    await expect(train({ ...options, augment: mixup(), loss: hinge() })).rejects.toThrow(/does not fit the targets/);
    await expect(train({ data, model: linear(), optimizer: closedForm(), augment: flip() })).rejects.toThrow(
      /closed-form solves for the pictures as they are/,
    );
    await expect(train({ ...options, augment: "stong" as never })).rejects.toThrow(/did you mean "strong"/);
  });
});

describe("batch0.png", () => {
  test("shows the first batch as it lies in the data, and changed where pictures are changed", async () => {
    await writePhotos(join(cwd, "photos"), { classes: ["a", "b", "c"], count: 20 });
    const shown = async (name: string, ...flags: string[]) => {
      const { code, stderr } = await argmin(
        ["train", "photos", "--model", "linear", "--size", "16", "--epochs", "1", "--name", name, ...flags],
        { cwd },
      );
      expect(code, stderr).toBe(0);
      return await sharp(join(cwd, "runs", name, "batch0.png"))
        .raw()
        .toBuffer({ resolveWithObject: true });
    };
    const plain = await shown("photos-plain");
    // 32 pictures of 16 pixels, four times as large, two pixels apart.
    expect(plain.info).toMatchObject({ width: 8 * 66 + 2, height: 4 * 66 + 2, channels: 3 });
    const changed = await shown("photos-strong", "--augment", "strong");
    expect(changed.info).toMatchObject({ width: 8 * 66 + 2, height: 4 * 66 + 2 });
    expect(changed.data.equals(plain.data)).toBe(false);
    const again = await shown("photos-again", "--augment", "strong");
    expect(again.data.equals(changed.data)).toBe(true);
  });

  test("is there for a solver, too", async () => {
    doneLine(
      await argmin(["train", data, "--optimizer", "closed-form", "--l2", "1e-3", "--name", "solved", "--json"], {
        cwd,
      }),
    );
    const { info } = await sharp(join(cwd, "runs", "solved", "batch0.png"))
      .raw()
      .toBuffer({ resolveWithObject: true });
    // 32 pictures of 8 pixels, nine times as large.
    expect(info).toMatchObject({ width: 8 * 74 + 2, height: 4 * 74 + 2 });
  });
});

describe("the feeder thread", () => {
  /** The state after a run in a worker, which starts a feeder, and what it was told of on the way. */
  async function inWorker(request: Partial<PlanRequest>) {
    const built = new URL("../../dist/train/node/index.js", import.meta.url).href;
    const { trainInWorker } = (await import(built)) as typeof import("../../src/train/node/index.ts");
    const events: TrainEvent[] = [];
    const worker = trainInWorker(planOf(request), (event) => events.push(event));
    try {
      await worker.ended;
    } finally {
      await worker.close();
    }
    return events.flatMap((event) => (event.type === "epoch" ? [event.state] : []));
  }
  /** The same in this thread, where nothing is prepared. */
  const here = async (request: Partial<PlanRequest>) => (await run(request)).epochs.map(({ state }) => state);

  const strong = settleAugment(["strong", flip()]);
  test.each<[string, Partial<PlanRequest>]>([
    ["whole steps and a smaller last one", { augment: strong }],
    ["mixed classes", { augment: settleAugment([mixup(), rotate()]) }],
    ["steps of several batches", { augment: strong, accumulate: 3, batchSize: 4 }],
    ["dropout", { augment: strong, recipe: { ...recipe, model: mlp({ hidden: [5], dropout: 0.3 }) } }],
    ["balanced epochs", { augment: strong, balanced: true }],
  ])("leads to the very same weights in every epoch: %s", async (_, request) => {
    const [threaded, alone] = [await inWorker({ epochs: 4, ...request }), await here({ epochs: 4, ...request })];
    expect(threaded).toHaveLength(4);
    expect(threaded).toEqual(alone);
  });

  test("reads pictures from a file, ahead of the steps", async () => {
    const { store, ...block } = planOf().pictures;
    if (store.kind !== "memory") throw new Error("the tiny pictures are in memory");
    mkdirSync(join(cwd, "store"), { recursive: true });
    const path = join(cwd, "store", "pixels");
    writeFileSync(path, Buffer.concat([Buffer.alloc(100), store.pixels]));
    const pictures = { ...block, store: { kind: "file" as const, path, offset: 100 } };
    expect(await inWorker({ pictures })).toEqual(await here({}));
    expect(await inWorker({ pictures, augment: strong })).toEqual(await here({ augment: strong }));
  });

  test("fails with the reason when the file is gone", async () => {
    const { store: _memory, ...block } = planOf().pictures;
    const store = { kind: "file" as const, path: join(cwd, "store", "gone"), offset: 0 };
    await expect(inWorker({ pictures: { ...block, store } })).rejects.toThrow(/cannot be opened \(ENOENT\)/);
  });

  test("serves the search for a learning rate, which may take more epochs than the run has", async () => {
    const search = ["train", data, ...quick, "--augment", "light", "--find-learning-rate", "--name"];
    const curveOf = async (name: string) => {
      const { code, stderr } = await argmin([...search, name], { cwd });
      expect(code, stderr).toBe(0);
      return jsonLines(readFileSync(join(cwd, "runs", name, "events.ndjson"), "utf8")).at(-1)!.curve;
    };
    const curve = await curveOf("rate");
    expect(curve).toHaveLength(100);
    expect(await curveOf("rate-again")).toEqual(curve);
  });
});
