import { describe, expect, test } from "vitest";
import type { Picture } from "../../../data/index.ts";
import type { Answers } from "./answers.ts";
import { difference } from "./answers.ts";
import { drawn, type Golden } from "./golden.ts";
import { againstPredictions, agreements, type Proof, refuseUnlike, TOLERANCE } from "./prove.ts";

const golden = (path: string, said?: Golden["said"]): Golden => ({ ...drawn(0), path, said });
const answers = (rows: readonly number[], said?: Golden["said"]): Answers => ({
  pictures: [golden("a.png"), golden("b.png", said)],
  classes: 2,
  byPlace: new Map([["wasm", { device: "Wasm", probabilities: Float32Array.from(rows) }]]),
  byRun: Float64Array.of(0.25, 0.75, 0.5, 0.5),
  skipped: [],
});
const proofOf = (found: Answers): Proof => ({
  pictures: 2,
  tolerance: TOLERANCE,
  runtimes: agreements(found, found.byRun, ["wasm"]),
  predictions: againstPredictions(found, ["cat", "dog"]),
});

describe("a proof", () => {
  test("names the largest difference and its picture", () => {
    expect(difference([0.1, 0.9, 0.5, 0.5], [0.1, 0.9, 0.25, 0.75], 2)).toEqual({ largest: 0.25, at: 1 });
    expect(difference([Number.NaN, 1], [0, 1], 2)).toEqual({ largest: Infinity, at: 0 });
  });

  test("accepts what agrees within the tolerance, and a tie either way", () => {
    const found = answers([0.250001, 0.749999, 0.499999, 0.500001]);
    expect(agreements(found, found.byRun, ["wasm"])[0]).toMatchObject({ device: "Wasm", otherLabels: 0 });
    expect(() => refuseUnlike("model.onnx", proofOf(found))).not.toThrow();
  });

  test("refuses a difference above 1e-5, with the runtime and the picture", () => {
    const refused = () => refuseUnlike("model.onnx", proofOf(answers([0.25, 0.75, 0.50002, 0.49998])));
    expect(refused).toThrow(
      expect.objectContaining({ exitCode: 1, what: expect.stringMatching(/Wasm.*2\.0e-5.*b\.png/) }),
    );
    expect(() => refuseUnlike("model.onnx", proofOf(answers([Number.NaN, 0.75, 0.5, 0.5])))).toThrow("Infinity");
  });

  test("refuses where the run itself said otherwise", () => {
    const same = [0.25, 0.75, 0.5, 0.5];
    const said = (probability: number) => proofOf(answers(same, { label: "dog", probability }));
    expect(said(0.5000004).predictions).toMatchObject({ pictures: 1, at: "b.png" });
    expect(() => refuseUnlike("model.onnx", said(0.5000004))).not.toThrow();
    expect(() => refuseUnlike("model.onnx", said(0.6))).toThrow("predictions.csv, at b.png");
    expect(() => refuseUnlike("model.onnx", proofOf(answers(same, { label: "eel", probability: 0.5 })))).toThrow(
      "b.png",
    );
  });
});

test("a drawn picture is the same for the same number, and of many sizes", async () => {
  const pictures = (await Promise.all(Array.from({ length: 8 }, (_, i) => drawn(i).read()))) as Picture[];
  expect(await drawn(3).read()).toEqual(pictures[3]);
  for (const { pixels, height, width } of pictures) expect(pixels.length).toBe(3 * height * width);
  expect(new Set(pictures.map(({ height, width }) => `${height}×${width}`)).size).toBeGreaterThan(6);
});
