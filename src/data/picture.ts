/** One picture of a block [count, height, width, channels], as a view. */
import type { Picture, Uniform } from "./types.ts";

export function pictureAt(block: Uniform, index: number): Picture {
  const { height, width, channels } = block;
  const row = height * width * channels;
  return { pixels: block.pixels.subarray(index * row, (index + 1) * row), height, width, channels };
}
