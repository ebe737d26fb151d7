/**
 * A decoding thread for stored-pixels.test.ts, in plain JavaScript since Node 20 loads no TypeScript: it speaks as
 * `serveDecoding` does, takes a file's one byte for a picture, and leaves a mark beside each file that it decoded.
 */
import { openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";

const { target, row, stop } = workerData;
const file = target.kind === "file" ? openSync(target.path, "r+") : -1;

parentPort.on("message", ({ first, files }) => {
  const failures = [];
  for (const [i, path] of files.entries()) {
    if (Atomics.load(stop, 0) !== 0) continue;
    const byte = readFileSync(path)[0];
    writeFileSync(`${path}.decoded`, "");
    const pixels = new Uint8Array(row).fill(byte);
    if (byte === 255) failures.push([first + i, "is no byte of ours"]);
    else if (target.kind === "memory") target.pixels.set(pixels, (first + i) * row);
    else writeSync(file, pixels, 0, row, target.offset + (first + i) * row);
  }
  const facts = { turned: 0, deep: 0, cmyk: 0, alpha: 0, animated: 0 };
  parentPort.postMessage({ type: "done", count: files.length, failures, facts });
});
parentPort.postMessage({ type: "ready" });
