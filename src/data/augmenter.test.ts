import { describe, expect, test } from "vitest";
import { randomBytes } from "../core/index.ts";
import { cutmix, flip, mixup, settleAugment } from "./augment/index.ts";
import { Augmenter } from "./augmenter.ts";
import { memoryRows } from "./store.ts";

const size = { height: 8, width: 8, channels: 3 as const };
const row = 192;
const count = 20;
const pixels = new Uint8Array(count * row);
randomBytes(pixels, { seed: 1, place: "pictures", step: 0 });
const rows = memoryRows({ store: { kind: "memory", pixels }, ...size });
const train = Int32Array.from({ length: count }, (_, i) => i);
const make = (choices = settleAugment(["strong", flip()]), seed = 5) =>
  new Augmenter({ choices, seed, train, rows, ...size });

/** One picture of an order, changed. */
function looks(augmenter: Augmenter, epoch: number, order: Int32Array, at: number): Uint8Array {
  const bytes = pixels.slice(order[at]! * row, (order[at]! + 1) * row);
  augmenter.apply(bytes, epoch, order, at);
  return bytes;
}
const reversed = train.slice().reverse();

describe("a picture in an epoch", () => {
  test("looks the same in every order, and whatever came before it", () => {
    const all = make();
    const forwards = Array.from(train, (_, at) => looks(all, 3, train, at));
    const backwards = Array.from(reversed, (_, at) => looks(make(), 3, reversed, at));
    expect(backwards.reverse()).toEqual(forwards);
    expect(looks(make(), 3, Int32Array.of(7), 0)).toEqual(forwards[7]);
  });

  test("epoch 3 alone equals epoch 3 of a whole run", () => {
    const whole = make(settleAugment(["strong", mixup(), cutmix()]));
    const alone = make(settleAugment(["strong", mixup(), cutmix()]));
    let third: Uint8Array[] = [];
    for (let epoch = 1; epoch <= 3; epoch++) third = Array.from(train, (_, at) => looks(whole, epoch, train, at));
    expect(Array.from(train, (_, at) => looks(alone, 3, train, at))).toEqual(third);
  });

  test("looks different in another epoch, with another seed, and when it comes a second time", () => {
    const first = looks(make(), 1, train, 4);
    expect(looks(make(), 2, train, 4)).not.toEqual(first);
    expect(looks(make(undefined, 6), 1, train, 4)).not.toEqual(first);
    const twice = Int32Array.of(4, 9, 4, 4);
    const augmenter = make();
    expect(looks(augmenter, 1, twice, 0)).toEqual(first);
    expect(looks(augmenter, 1, twice, 2)).not.toEqual(first);
    expect(looks(augmenter, 1, twice, 3)).not.toEqual(looks(augmenter, 1, twice, 2));
  });

  test("adding a unit leaves the draws of the others as they are", () => {
    const alone = looks(make(settleAugment(flip())), 1, train, 4);
    const noisy = settleAugment([flip(), { kind: "augmentation", name: "noise", options: { deviation: 0 } }]);
    expect(looks(make(noisy), 1, train, 4)).toEqual(alone);
  });
});

describe("mixing", () => {
  test("tells which picture came in and how much is left, and uses both mixers", () => {
    const augmenter = make(settleAugment([mixup({ alpha: 1 }), cutmix({ probability: 1 })]));
    expect(augmenter.mixes).toBe(true);
    let blended = 0;
    for (let at = 0; at < count; at++) {
      const own = pixels.slice(at * row, (at + 1) * row);
      const bytes = own.slice();
      const mixture = augmenter.apply(bytes, 1, train, at);
      const { partner, share } = mixture ?? { partner: at, share: 1 };
      const other = pixels.subarray(partner * row, (partner + 1) * row);
      const pasted = bytes.every((value, i) => value === own[i] || value === other[i]);
      if (pasted) {
        const kept = Array.from({ length: 64 }, (_, p) => [0, 1, 2].every((c) => bytes[3 * p + c] === own[3 * p + c]));
        if (partner !== at) expect(kept.filter(Boolean).length / 64).toBeCloseTo(share, 9);
      } else {
        blended++;
        bytes.forEach((value, i) => {
          expect(Math.abs(value - share * own[i]! - (1 - share) * other[i]!)).toBeLessThanOrEqual(0.51);
        });
      }
    }
    expect(blended).toBeGreaterThan(3);
    expect(blended).toBeLessThan(17);
  });

  test("a partner comes in as it looks in this epoch itself", () => {
    const alone = make(settleAugment("strong"));
    const augmenter = make(settleAugment(["strong", mixup({ alpha: 1 })]));
    const mixed = pixels.slice(0, row);
    const { partner, share } = augmenter.apply(mixed, 2, train, 0)!;
    const [own, other] = [looks(alone, 2, train, 0), looks(alone, 2, train, partner)];
    expect(partner).not.toBe(0);
    mixed.forEach((value, i) => {
      expect(Math.abs(value - share * own[i]! - (1 - share) * other[i]!)).toBeLessThanOrEqual(0.51);
    });
  });

  test("nothing is mixed where nothing mixes", () => {
    expect(make().mixes).toBe(false);
    expect(make().apply(pixels.slice(0, row), 1, train, 0)).toBeUndefined();
  });
});
