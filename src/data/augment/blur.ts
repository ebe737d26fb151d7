import { chosen, frozen } from "../../core/index.ts";
import { float } from "../../space/index.ts";
import type { AugmentationChoice, PixelUnit } from "./augmentation.ts";

export interface BlurOptions {
  /** The largest standard deviation of the blur, in pixels. */
  readonly deviation: number;
  /** How likely a picture is blurred at all. */
  readonly probability: number;
}

let between = new Uint8Array(0);

/**
 * Blurs some pictures with a Gauss filter whose width is uniform from 0 to `deviation`: other lenses, other distances. Chen et al.
 * 2020 (SimCLR), appendix A. Two passes of one line each, cut off at three deviations; beyond the edge lies the edge.
 */
export const blurAugmentation = frozen<PixelUnit<BlurOptions>>({
  name: "blur",
  says: "out of focus",
  stage: "pixels",
  defaults: { deviation: 1, probability: 0.5 },
  ranges: { deviation: [0, 10, "closed"], probability: [0, 1, "closed"] },
  space: { deviation: float(0, 3), probability: float(0, 1) },
  change: ({ deviation, probability }, draws, pixels, { height, width, channels }) => {
    if (!draws.happens(probability)) return;
    const weights = gauss(draws.between(0, deviation));
    if (between.length !== pixels.length) between = new Uint8Array(pixels.length);
    const stride = width * channels;
    lines(pixels, between, weights, { count: width, step: channels, rows: height, apart: stride, channels });
    lines(between, pixels, weights, { count: height, step: stride, rows: width, apart: channels, channels });
  },
});

/** Half of a filter, from its middle outwards; the whole sums to 65536. */
function gauss(deviation: number): Int32Array {
  const reach = Math.ceil(3 * deviation);
  const shape = Array.from({ length: reach + 1 }, (_, k) =>
    deviation === 0 ? 1 : Math.exp(-(k * k) / (2 * deviation * deviation)),
  );
  const total = shape.reduce((sum, value, k) => sum + (k === 0 ? value : 2 * value), 0);
  const weights = Int32Array.from(shape, (value) => Math.round((65536 * value) / total));
  const rest = weights.reduce((sum, value, k) => sum - (k === 0 ? value : 2 * value), 65536);
  weights[0] = weights[0]! + rest;
  return weights;
}

interface Lines {
  /** Pixels of a line, and bytes from one to the next. */
  readonly count: number;
  readonly step: number;
  /** Lines, and bytes from one to the next. */
  readonly rows: number;
  readonly apart: number;
  readonly channels: number;
}

function lines(from: Uint8Array, to: Uint8Array, weights: Int32Array, { count, step, rows, apart, channels }: Lines) {
  const reach = weights.length - 1;
  for (let row = 0; row < rows; row++) {
    for (let channel = 0; channel < channels; channel++) {
      const start = row * apart + channel;
      for (let i = 0; i < count; i++) {
        const at = start + i * step;
        let sum = 32768 + Math.imul(weights[0]!, from[at]!);
        for (let k = 1; k <= reach; k++) {
          const before = start + (i < k ? 0 : i - k) * step;
          const after = start + (i + k < count ? i + k : count - 1) * step;
          sum += Math.imul(weights[k]!, from[before]! + from[after]!);
        }
        to[at] = sum >> 16;
      }
    }
  }
}

/** Blurs half of the pictures a little. */
export const blur = (options: Partial<BlurOptions> = {}): AugmentationChoice =>
  chosen("augmentation", blurAugmentation, options);
