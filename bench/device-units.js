/**
 * Every unit on every device: does an operator of it leave WebGPU for the processor, and how far are its values and its gradients
 * from those of native ONNX Runtime?
 *
 *   node bench/device-units.js            a table, then one JSON line
 *   node bench/device-units.js --json     the line alone
 *
 * WebGPU is that of Chromium, on a card that the processor stands in for. Units are asked with the samples of their own files; the
 * training steps of all models, losses and optimizers only for where their operators go.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { openRuntime } from "../dist/runtime/node/index.js";
import { launch, serveFolder } from "./chromium.js";
import { steps, unitCases } from "./unit-graphs.js";

/** A float32 product of a few hundred numbers is as exact as this. */
export const LARGEST = 1e-4;

/**
 * The largest difference, as a share of the number, or of a hundredth of the largest one beside it (a sum that cancels is as wrong as
 * its largest term is), or of 0.01. NaN is not compared: a graphics card may assume that there is none.
 */
function apart(actual, expected) {
  let [largest, most] = [0, 0];
  for (const value of expected) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  for (const [i, truth] of expected.entries()) {
    if (Number.isNaN(truth) || actual[i] === truth) continue;
    const difference = Math.abs(actual[i] - truth) / Math.max(Math.abs(truth), largest / 100, 0.01);
    most = Math.max(most, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  }
  return most;
}

const largestOf = (actual, expected) =>
  Math.max(...Object.entries(expected).map(([name, values]) => apart(actual[name], values)));

/** Runs each case on a runtime of Node: its outputs by name. */
async function inNode(device, cases) {
  const runtime = await openRuntime(device);
  const all = [];
  for (const { models, feeds } of cases) {
    const session = await runtime.createSession(models.portable);
    const results = await session.run(feeds);
    all.push(Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, Array.from(data)])));
    await session.release();
  }
  return all;
}

/** In the page: makes each session, listens where ONNX Runtime puts its operators, and runs it where there is something to feed. */
async function inPage(addresses) {
  const lines = [];
  for (const level of ["log", "warn", "error", "info", "debug"]) console[level] = (text) => lines.push(String(text));
  const ort = await import("./ort/ort.webgpu.bundle.min.mjs");
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "verbose";
  const options = { executionProviders: ["webgpu"], graphOptimizationLevel: "all" };
  const answers = [];
  for (const { address, feeds } of addresses) {
    const model = new Uint8Array(await (await fetch(address)).arrayBuffer());
    lines.length = 0;
    try {
      const session = await ort.InferenceSession.create(model, {
        ...options,
        logSeverityLevel: 0,
        logVerbosityLevel: 1,
      });
      const placements = lines.flatMap((line) => /VerifyEachNodeIsAssignedToAnEp\] {2,}?(.*)/.exec(line)?.[1] ?? []);
      let outputs;
      if (feeds !== undefined) {
        const tensors = Object.entries(feeds).map(([name, { dtype, shape, data }]) => [
          name,
          new ort.Tensor(dtype, data, shape),
        ]);
        const results = await session.run(Object.fromEntries(tensors));
        outputs = Object.entries(results).map(([name, { data }]) => [name, Array.from(data, Number)]);
      }
      answers.push({ placements, outputs });
      await session.release();
    } catch (error) {
      answers.push({ error: String(error?.message ?? error) });
    }
  }
  const adapter = await navigator.gpu.requestAdapter();
  return { answers, half: adapter.features.has("shader-f16") };
}

/** What Chromium makes of each model on WebGPU, and whether its card computes in float16. */
async function onWebgpu(cases) {
  const folder = mkdtempSync(join(tmpdir(), "argmin-units-"));
  mkdirSync(join(folder, "ort"));
  const ort = dirname(fileURLToPath(import.meta.resolve("onnxruntime-web")));
  for (const file of ["ort.webgpu.bundle.min.mjs", "ort-wasm-simd-threaded.asyncify.wasm"]) {
    cpSync(join(ort, file), join(folder, "ort", file));
  }
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>units</title>");
  const addresses = cases.map(({ models, feeds }, i) => {
    writeFileSync(join(folder, `model${i}.onnx`), models.webgpu);
    const plain = Object.entries(feeds ?? {}).map(([name, one]) => [name, { ...one, data: Array.from(one.data) }]);
    return { address: `./model${i}.onnx`, ...(feeds ? { feeds: Object.fromEntries(plain) } : {}) };
  });
  const server = await serveFolder(folder);
  const browser = await launch("software");
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    return await page.evaluate(inPage, addresses);
  } finally {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The operators that went to the processor, each once. */
function onProcessor(placements) {
  const found = new Set();
  let processor = false;
  for (const line of placements) {
    const group = /placed on \[(\w+)\]/.exec(line);
    if (group !== null) processor = group[1] === "CPUExecutionProvider";
    else if (processor) found.add(/^\s*(\S+)/.exec(line)[1]);
    if (processor && line.includes("All nodes")) found.add("all");
  }
  return [...found];
}

/** One row for each unit and part: the processor's operators, and the largest difference on each device. */
export async function surveyUnits() {
  const cases = unitCases();
  const training = steps();
  const native = await inNode("cpu", cases);
  const wasm = await inNode("wasm", cases);
  const { answers, half } = await onWebgpu([...cases, ...training]);
  const rows = new Map();
  for (const [i, { unit, part }] of cases.entries()) {
    const row = rows.get(`${unit} ${part}`) ?? {
      unit,
      part,
      samples: 0,
      wasm: 0,
      webgpu: 0,
      processor: [],
      errors: [],
    };
    rows.set(`${unit} ${part}`, row);
    row.samples++;
    row.wasm = Math.max(row.wasm, largestOf(wasm[i], native[i]));
    const { error, placements, outputs } = answers[i];
    if (error !== undefined) row.errors.push(error);
    else {
      row.webgpu = Math.max(row.webgpu, largestOf(Object.fromEntries(outputs), native[i]));
      row.processor = [...new Set([...row.processor, ...onProcessor(placements)])];
    }
  }
  const steppers = training.map(({ kind, name }, i) => {
    const { error, placements } = answers[cases.length + i];
    return { kind, name, processor: error === undefined ? onProcessor(placements) : [], errors: error ? [error] : [] };
  });
  return { rows: [...rows.values()], steps: steppers, half };
}

const short = (value) => (value === 0 ? "0" : value.toExponential(1));

const said = ({ processor, errors }) =>
  errors.length > 0 ? `refused: ${errors[0].split("\n")[0].slice(0, 80)}` : processor.join(", ");

function print({ rows, steps, half }) {
  console.log(`${"unit".padEnd(20)}${"part".padEnd(10)}${"Wasm".padStart(9)}${"WebGPU".padStart(9)}  on the processor`);
  for (const { unit, part, wasm, webgpu, ...found } of rows) {
    const figures = `${short(wasm).padStart(9)}${short(webgpu).padStart(9)}`;
    console.log(`${unit.padEnd(20)}${part.padEnd(10)}${figures}  ${said(found)}`);
  }
  for (const { kind, name, ...found } of steps) {
    console.log(`step with the ${kind} ${name}: on the processor ${said(found) || "nothing"}`);
  }
  console.log(`float16 on this card: ${half ? "yes" : "no"}`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const found = await surveyUnits();
  if (!process.argv.includes("--json")) print(found);
  console.log(JSON.stringify(found));
}
