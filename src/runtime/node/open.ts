import { UsageError } from "../../core/index.ts";
import type { Device, Runtime } from "../session.ts";
import { loadNative } from "./native.ts";
import { loadWasm } from "./wasm.ts";

/** How to get the native package when an installation has lost it: npm drops a failed optional package without a word. */
export const NATIVE_MEND = "npm install --ignore-scripts onnxruntime-node";

/**
 * Loads the ONNX Runtime for a device. `auto` takes native code where it is installed and falls back to WebAssembly, with
 * a note that says so.
 * @throws UsageError when `cpu` is asked for and native code cannot be loaded
 */
export async function openRuntime(device: Device | "auto"): Promise<Runtime> {
  if (device === "wasm") return await loadWasm();
  const native = await loadNative();
  if (!(native instanceof Error)) return native;
  const reason = native.message.split("\n")[0];
  if (device === "cpu") {
    throw new UsageError("--device cpu", `native ONNX Runtime cannot be loaded (${reason})`, `run: ${NATIVE_MEND}`, 1);
  }
  return await loadWasm([
    `Native ONNX Runtime is not installed, so this runs on WebAssembly, several times slower. To mend it: ${NATIVE_MEND}`,
  ]);
}
