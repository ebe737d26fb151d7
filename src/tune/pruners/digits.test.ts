/** Pruners on curves of real trainings: the validation loss after each of 27 epochs, of 4,368 networks on handwritten digits. */
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { Random } from "../../core/index.ts";
import type { Progress } from "../pruner.ts";
import { type PrunerName, pruners } from "./index.ts";

const file = new URL("../../../../shared/oracles/digits_mlp_table.json.gz", import.meta.url);
const why = existsSync(file) ? "" : " (skipped: the folder ../shared is not here)";

describe.skipIf(why !== "")(`on the curves of digits${why}`, () => {
  const STEPS = 27;
  const curves = () =>
    (JSON.parse(gunzipSync(readFileSync(file)).toString()) as { rows: { l: number[] }[] }).rows.map(({ l }) => l);

  /** The least last loss among trials at random that were given all epochs, when as many as those of 30 trials are spent. */
  function best(name: PrunerName, all: readonly number[][], seed: number): number {
    const pruner = pruners[name];
    const random = new Random(seed, "digits");
    const trials: { number: number; curve: number[]; state: Progress["state"]; values: Map<number, number> }[] = [];
    const race = () => ({ trials, steps: STEPS, more: true });
    let [spent, least] = [0, Number.POSITIVE_INFINITY];
    while (spent < 30 * STEPS) {
      const next = pruner.promote(race(), pruner.defaults);
      if (next === undefined) {
        const curve = all[random.below(all.length)]!;
        trials.push({ number: trials.length, curve, state: "running", values: new Map() });
      }
      const one = trials[next?.number ?? trials.length - 1]!;
      const toStep = next?.toStep ?? pruner.stop(0, race(), pruner.defaults);
      one.state = "running";
      while (one.state === "running" && one.values.size < toStep && spent < 30 * STEPS) {
        spent++;
        one.values.set(one.values.size + 1, one.curve[one.values.size]!);
        if (pruner.prunes(one, race(), pruner.defaults)) one.state = "ended";
      }
      if (one.values.size === STEPS) least = Math.min(least, one.curve[STEPS - 1]!);
      if (one.state === "running") one.state = one.values.size === STEPS ? "ended" : "paused";
    }
    return least;
  }

  test("each finds better networks in the same number of epochs", () => {
    const all = curves();
    const seeds = Array.from({ length: 5 }, (_, seed) => seed);
    const mean = (name: PrunerName) => seeds.reduce((sum, seed) => sum + best(name, all, seed), 0) / seeds.length;
    const [none, median, asha] = [mean("none"), mean("median"), mean("asha")];
    expect(median).toBeLessThan(none);
    expect(asha).toBeLessThan(median);
  });
});
