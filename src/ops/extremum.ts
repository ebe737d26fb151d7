import type { Op, Tensor } from "../ir/index.ts";
import { equal } from "./compare.ts";
import { binary, broadcastSamples, none } from "./elementwise.ts";
import { mul } from "./mul.ts";
import { where } from "./where.ts";

/**
 * What maximum and minimum share. Where a = b each operand receives half the cotangent (as PyTorch does), so that the two
 * always sum to it.
 * @param wins whether the first operand is the one that is taken
 */
export const extremum = (
  name: string,
  onnx: string,
  pick: (x: number, y: number) => number,
  wins: (a: Tensor, b: Tensor) => Tensor,
): Op =>
  binary({
    name,
    onnx,
    evaluate: pick,
    vjp: (g, a, b, _z, needs) => {
      const tied = equal(a, b);
      const half = mul(g, 0.5);
      return [
        needs[0] ? where(tied, half, where(wins(a, b), g, 0)) : null,
        needs[1] ? where(tied, half, where(wins(b, a), g, 0)) : null,
      ];
    },
    samples: [
      ...broadcastSamples({ distinct: true }),
      {
        attrs: none,
        inputs: [
          { shape: [3], values: [1, 2, 3] },
          { shape: [3], values: [3, 2, 1] },
        ],
        noGradient: "a tie",
      },
    ],
  });
