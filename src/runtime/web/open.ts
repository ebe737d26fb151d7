import { UsageError } from "../../core/index.ts";
import { gpuRuntime } from "../gpu.ts";
import type { Device, Runtime } from "../session.ts";
import { wasmRuntime } from "../wasm.ts";

type OrtModule = typeof import("onnxruntime-common");

/** The devices of a page; there is no native code. */
export type WebDevice = Exclude<Device, "cpu"> | "auto";

export interface WebOptions {
  /**
   * Address of the folder that holds the files of `onnxruntime-web/dist`: `ort.wasm.bundle.min.mjs` with
   * `ort-wasm-simd-threaded.wasm`, and for WebGPU `ort.webgpu.bundle.min.mjs` with
   * `ort-wasm-simd-threaded.asyncify.wasm`.
   */
  readonly ort: string;
  /** Of the processor; all cores, four at most, unless said. One where the page is not isolated from other origins. */
  readonly threads?: number;
}

/** The little of WebGPU's interface that is asked here. */
interface Navigator {
  readonly hardwareConcurrency?: number;
  readonly gpu?: { requestAdapter(): Promise<Adapter | null> };
}
interface Adapter {
  readonly info?: { readonly vendor: string; readonly architecture: string };
}
const surroundings = globalThis as unknown as { navigator?: Navigator; crossOriginIsolated?: boolean };

/** Loaded by address and not by name: a bundle must not take it apart, and a worker has no import map. */
const load = (folder: string, file: string): Promise<OrtModule> =>
  import(/* @vite-ignore */ new URL(file, folder.endsWith("/") ? folder : `${folder}/`).href);

/**
 * Loads the ONNX Runtime of a page or of its worker. `auto` takes WebGPU where the browser has an adapter for it, and
 * WebAssembly otherwise, with a note that says why.
 * @throws UsageError when `webgpu` is asked for and the browser has none
 */
export async function openWebRuntime(device: WebDevice, options: WebOptions): Promise<Runtime> {
  if (device === "wasm") return await openWasm(options, []);
  const adapter = await adapterOf();
  if (typeof adapter !== "string") return await openWebgpu(options, adapter);
  if (device === "webgpu") throw new UsageError("device webgpu", adapter, "use wasm", 1);
  return await openWasm(options, [`WebGPU cannot be used, so this runs on WebAssembly: ${adapter}.`]);
}

/** The graphics card, or why there is none. */
async function adapterOf(): Promise<Adapter | string> {
  const gpu = surroundings.navigator?.gpu;
  if (gpu === undefined) {
    return "this browser has no WebGPU, or hides it because the page came neither by https nor from this machine";
  }
  const adapter = await gpu.requestAdapter().catch(() => null);
  return adapter ?? "the browser has no graphics card that it would use (its GPU page says why: chrome://gpu)";
}

async function openWasm({ ort: folder, threads }: WebOptions, notes: readonly string[]): Promise<Runtime> {
  const ort = await load(folder, "ort.wasm.bundle.min.mjs");
  const isolated = surroundings.crossOriginIsolated === true;
  const most = isolated ? Math.min(4, surroundings.navigator?.hardwareConcurrency ?? 1) : 1;
  const count = isolated ? (threads ?? most) : 1;
  const alone = "The page is not cross-origin isolated, so WebAssembly has one thread (docs/devices.md)";
  return wasmRuntime(ort, { threads: count, notes: isolated ? notes : [...notes, alone], place: " in a browser" });
}

async function openWebgpu({ ort: folder }: WebOptions, { info }: Adapter): Promise<Runtime> {
  const ort = await load(folder, "ort.webgpu.bundle.min.mjs");
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  const card = [info?.vendor, info?.architecture].filter(Boolean).join(" ");
  const description = `ONNX Runtime ${ort.env.versions.web}, WebGPU in a browser${card === "" ? "" : ` (${card})`}`;
  return gpuRuntime({ description, notes: [] }, ort, (model, options) => ort.InferenceSession.create(model, options));
}
