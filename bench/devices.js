/**
 * One plan on every device: ten single steps from the states of the native run, and some that run free.
 *
 *   node bench/devices.js [cnn] [resnet20] …      one JSON line for each model and device
 *
 * Devices: Wasm in Node; Wasm, and WebGPU on a card that the processor stands in for, in a worker of a page in Chromium.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { launch, serveFolder } from "./chromium.js";
import { follow, pack, planOf, train } from "./device-steps.js";
import { root } from "./support.js";

/** What gives a page shared memory, and with it threads. */
const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

const FILES = [
  "ort.wasm.bundle.min.mjs",
  "ort-wasm-simd-threaded.wasm",
  "ort.webgpu.bundle.min.mjs",
  "ort-wasm-simd-threaded.asyncify.wasm",
];

/** The folder of a page that trains. */
function pageFolder(states) {
  const folder = mkdtempSync(join(tmpdir(), "argmin-page-"));
  mkdirSync(join(folder, "ort"));
  const ort = dirname(fileURLToPath(import.meta.resolve("onnxruntime-web")));
  for (const file of FILES) cpSync(join(ort, file), join(folder, "ort", file));
  cpSync(join(root, "dist", "bundle", "web.js"), join(folder, "argmin.js"));
  for (const file of ["device-steps.js", "device-worker.js"]) cpSync(join(root, "bench", file), join(folder, file));
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>training</title>");
  writeFileSync(join(folder, "states.bin"), states);
  return folder;
}

/** How far two runs of the same steps are apart. */
function apart(native, other) {
  const loss = Math.max(...native.losses.map((value, i) => Math.abs(value - other.losses[i])));
  const norm = Math.max(...native.norms.map((value, i) => Math.abs(value - other.norms[i]) / value));
  const [, middle] = [...other.times].sort((a, b) => a - b).slice(other.times.length / 2 - 1);
  return { loss, norm, stepMs: Number(middle.toFixed(1)) };
}

/** What the worker of a page says of its steps. */
async function askPage(browser, url, name, work) {
  const page = await browser.newPage();
  await page.goto(url);
  const told = await page.evaluate(
    `new Promise((resolve, reject) => {
      const worker = new Worker("./device-worker.js", { type: "module" });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(${JSON.stringify({ ...work, device: name.slice("page ".length) })});
    })`,
  );
  await page.close();
  if (told.error) throw new Error(`${name}: ${told.error}`);
  return told;
}

/**
 * Compares devices with the native CPU.
 * @param setup what `planOf` takes; @param free the same for steps that run free
 * @param wanted of "wasm" (in Node), "page wasm" and "page webgpu"
 */
export async function compareDevices(setup, free, wanted = ["wasm", "page wasm", "page webgpu"]) {
  const argmin = await import("argmin/web");
  const { openRuntime } = await import("../dist/runtime/node/index.js");
  const plan = planOf(argmin, setup);
  const cpu = await openRuntime("cpu");
  const native = await follow(argmin, plan, cpu);
  const freeOn = async (runtime) =>
    free === undefined ? undefined : await train(argmin, planOf(argmin, free), runtime);
  const accuracy = await freeOn(cpu);
  const found = [];
  if (wanted.includes("wasm")) {
    const wasm = await openRuntime("wasm");
    const steps = await follow(argmin, plan, wasm, native.states);
    const { description, notes } = wasm;
    found.push({ device: "wasm", description, notes, ...apart(native, steps), accuracy: await freeOn(wasm) });
  }
  const pages = wanted.filter((name) => name.startsWith("page "));
  if (pages.length > 0) {
    const folder = pageFolder(pack(plan, native.states));
    const server = await serveFolder(folder, ISOLATED);
    const browser = await launch("software");
    try {
      // At once: the software card mostly compiles, and a page of its own waits for nothing of the other's.
      const told = await Promise.all(pages.map((name) => askPage(browser, server.url, name, { setup, free })));
      for (const [i, steps] of told.entries()) {
        const { description, notes, accuracy: reached } = steps;
        found.push({ device: pages[i], description, notes, ...apart(native, steps), accuracy: reached });
      }
    } finally {
      await browser.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return { accuracy, found };
}

/** The steps of a model at the size of the benchmarks; the cnn also runs 200 steps free. */
export const setupOf = (model) => ({
  setup: {
    model: models[model]?.model ?? model,
    options: models[model]?.options ?? {},
    batch: 64,
    size: 32,
    steps: 10,
  },
  free: model === "cnn" ? { model: "cnn", batch: 32, size: 32, steps: 200, judged: 500 } : undefined,
});
const models = { resnet20: { model: "resnet", options: { depth: 20 } } };

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const names = process.argv.slice(2);
  for (const model of names.length > 0 ? names : ["cnn", "resnet20"]) {
    const { setup, free } = setupOf(model);
    for (const device of ["wasm", "page wasm", "page webgpu"]) {
      const { accuracy, found } = await compareDevices(setup, free, [device]);
      for (const one of found) console.log(JSON.stringify({ model, native: accuracy, ...one }));
    }
  }
}
