/** PyTorch's learning-rate schedules. */
import { expect, test } from "vitest";
import { schedules } from "../../src/schedules/index.ts";
import { found, golden, sayWhenMissing } from "./golden.ts";

sayWhenMissing();

test.skipIf(!found)(`PyTorch ${golden.torch}: the cosine schedule`, () => {
  for (const [t, rate] of golden.lr_schedules.cosine.entries()) {
    expect(0.1 * schedules.cosine.factor({ final: 0.01 }, { epoch: t, epochs: 10, losses: [] })).toBeCloseTo(rate, 12);
  }
});
