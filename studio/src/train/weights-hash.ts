import type { StateValues } from "../../../src/train/index.ts";

/**
 * The first 16 digits of the SHA-256 of weights in the order of their names, as a run of the command line has it; empty where the
 * browser computes none, since the page came neither by https nor from this machine.
 */
export async function hashOf(weights: StateValues): Promise<string> {
  if (globalThis.crypto?.subtle === undefined) return "";
  const parts = Object.keys(weights)
    .sort()
    .flatMap((name) => {
      const { buffer, byteOffset, byteLength } = weights[name]!;
      return [new TextEncoder().encode(name), new Uint8Array(buffer, byteOffset, byteLength)];
    });
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
