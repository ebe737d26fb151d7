/** The process behind `checkWebgpu`: a tiny step on WebGPU; what goes wrong is told on standard output. */
import { writeSync } from "node:fs";
import { probe } from "../probe.ts";
import { loadWebgpu } from "./webgpu.ts";

let failed = 0;
try {
  await probe(loadWebgpu());
} catch (error) {
  failed = 1;
  writeSync(1, `${(error as Error).message}\n`);
}
process.exit(failed);
