import { createHash } from "node:crypto";
import type { StateValues } from "../../train/index.ts";

/** The first 16 digits of the SHA-256 of weights, in the order of their names. */
export function hashOf(weights: StateValues): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(weights).sort()) {
    const { buffer, byteOffset, byteLength } = weights[name];
    hash.update(name).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex").slice(0, 16);
}
