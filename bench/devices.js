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

/** The folder of a page that trains, with the states of each job. */
function pageFolder(states) {
  const folder = mkdtempSync(join(tmpdir(), "argmin-page-"));
  mkdirSync(join(folder, "ort"));
  const ort = dirname(fileURLToPath(import.meta.resolve("onnxruntime-web")));
  for (const file of FILES) cpSync(join(ort, file), join(folder, "ort", file));
  cpSync(join(root, "dist", "bundle", "web.js"), join(folder, "argmin.js"));
  for (const file of ["device-steps.js", "device-worker.js"]) cpSync(join(root, "bench", file), join(folder, file));
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>training</title>");
  for (const [i, block] of states.entries()) writeFileSync(join(folder, `states${i}.bin`), block);
  return folder;
}

/** How far two runs of the same steps are apart. */
export function apart(native, other) {
  const loss = Math.max(...native.losses.map((value, i) => Math.abs(value - other.losses[i])));
  const norm = Math.max(...native.norms.map((value, i) => Math.abs(value - other.norms[i]) / value));
  const [, middle] = [...other.times].sort((a, b) => a - b).slice(other.times.length / 2 - 1);
  return { loss, norm, stepMs: Number(middle.toFixed(1)) };
}

/** What the worker of a page says of its steps, job by job. */
async function askPage(browser, url, name, jobs) {
  const page = await browser.newPage();
  await page.goto(url);
  const told = await page.evaluate(
    `new Promise((resolve, reject) => {
      const worker = new Worker("./device-worker.js", { type: "module" });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(${JSON.stringify({ jobs, device: name.slice("page ".length) })});
    })`,
  );
  await page.close();
  if (told.error) throw new Error(`${name}: ${told.error}`);
  return told;
}

/**
 * Compares devices with the native CPU.
 * @param jobs of each `setup`, what `planOf` takes, and perhaps `free`, the same for steps that run free
 * @param wanted of "wasm" (in Node), "page wasm" and "page webgpu"
 * @returns for each job the accuracy of the native free steps, and what was found on each device
 */
export async function compareDevices(jobs, wanted = ["wasm", "page wasm", "page webgpu"]) {
  const argmin = await import("argmin/web");
  const { openRuntime } = await import("../dist/runtime/node/index.js");
  const freeOn = async (free, runtime) =>
    free === undefined ? undefined : await train(argmin, planOf(argmin, free), runtime);
  const cpu = await openRuntime("cpu");
  const compared = [];
  for (const { setup, free } of jobs) {
    const plan = planOf(argmin, setup);
    const native = await follow(argmin, plan, cpu);
    compared.push({ setup, free, plan, native, accuracy: await freeOn(free, cpu), found: [] });
  }
  if (wanted.includes("wasm")) {
    const wasm = await openRuntime("wasm");
    const { description, notes } = wasm;
    for (const { free, plan, native, found } of compared) {
      const steps = await follow(argmin, plan, wasm, native.states);
      const accuracy = await freeOn(free, wasm);
      found.push({ device: "wasm", description, notes, ...apart(native, steps), accuracy });
    }
  }
  const pages = wanted.filter((name) => name.startsWith("page "));
  if (pages.length > 0) {
    const folder = pageFolder(compared.map(({ plan, native }) => pack(plan, native.states)));
    const server = await serveFolder(folder, ISOLATED);
    const browser = await launch("software");
    try {
      // At once: the software card mostly compiles, and a page of its own waits for nothing of the other's.
      const told = await Promise.all(pages.map((name) => askPage(browser, server.url, name, jobs)));
      for (const [i, { description, notes, runs }] of told.entries()) {
        for (const [j, { native, found }] of compared.entries()) {
          const { accuracy, ...steps } = runs[j];
          found.push({ device: pages[i], description, notes, ...apart(native, steps), accuracy });
        }
      }
    } finally {
      await browser.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return compared.map(({ accuracy, found }) => ({ accuracy, found }));
}

const models = { resnet20: { model: "resnet", options: { depth: 20 } } };

/**
 * The steps of a model on a device, at the size of the benchmarks; the cnn also runs 200 steps free. The card that the processor
 * stands in for takes seconds for a picture: there batches are small, and the pictures of the free steps too.
 */
export function jobOf(name, device) {
  const { model, options } = models[name] ?? { model: name, options: {} };
  // Squares so faint that nine in ten are found: where all are, every device agrees.
  const [batch, freely] =
    device === "page webgpu" ? [4, { batch: 8, size: 16, contrast: 30 }] : [64, { batch: 32, size: 32, contrast: 14 }];
  return {
    setup: { model, options, batch, size: 32, steps: 10 },
    ...(name === "cnn" ? { free: { model, options, ...freely, steps: 200, judged: 1000 } } : {}),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const names = process.argv.slice(2);
  for (const model of names.length > 0 ? names : ["cnn", "resnet20"]) {
    for (const device of ["wasm", "page wasm", "page webgpu"]) {
      const [{ accuracy, found }] = await compareDevices([jobOf(model, device)], [device]);
      for (const one of found) console.log(JSON.stringify({ model, native: accuracy, ...one }));
    }
  }
}
