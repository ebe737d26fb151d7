import { createHash } from "node:crypto";
import type { StateValues } from "../../train/index.ts";

/** A hash takes less than 2 GiB at once. */
const MOST_AT_ONCE = 2 ** 28;

/** The first 16 digits of the SHA-256 of weights, in the order of their names. */
export function hashOf(weights: StateValues): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(weights).sort()) {
    const { buffer, byteOffset, byteLength } = weights[name];
    hash.update(name);
    for (let from = 0; from < byteLength; from += MOST_AT_ONCE) {
      hash.update(new Uint8Array(buffer, byteOffset + from, Math.min(MOST_AT_ONCE, byteLength - from)));
    }
  }
  return hash.digest("hex").slice(0, 16);
}
