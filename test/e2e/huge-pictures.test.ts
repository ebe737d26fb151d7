/** Pictures of 48 megapixels, several at the same time: no command takes a gigabyte. */
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { Running, temporaryFolder, withPeak, writePhotos } from "./support.ts";

test("training, predicting and checking stay under a gigabyte", async () => {
  const cwd = temporaryFolder();
  await writePhotos(join(cwd, "photos"), { classes: ["a", "b"], count: 10 });
  const create = { width: 8000, height: 6000, channels: 3 as const, background: "#40608f" };
  writeFileSync(join(cwd, "photos", "a", "huge.jpg"), await sharp({ create }).jpeg().toBuffer());
  for (const copy of ["a/more.jpg", "b/huge.jpg", "b/more.jpg"]) {
    copyFileSync(join(cwd, "photos", "a", "huge.jpg"), join(cwd, "photos", copy));
  }
  for (const args of [
    ["train", "photos", "--model", "linear", "--size", "32", "--epochs", "1", "--name", "run", "--cache", "none"],
    ["predict", "runs/run", "photos"],
    ["evaluate", "runs/run", "photos"],
    ["check", "photos", "--no-labels"],
  ]) {
    const { code, stderr, peak } = await withPeak(new Running(args, { cwd }));
    expect(code, stderr).toBe(0);
    expect(peak, args[0]).toBeLessThan(1e9 / 1024);
  }
});
