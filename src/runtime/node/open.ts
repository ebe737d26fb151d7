import { availableParallelism } from "node:os";
import { UsageError } from "../../core/index.ts";
import type { Device, Runtime } from "../session.ts";
import { loadNative } from "./native.ts";
import { NATIVE_MEND } from "./native-module.ts";
import { loadWasm } from "./wasm.ts";
import { checkWebgpu, loadWebgpu, WEBGPU_MEND } from "./webgpu.ts";

/**
 * Loads the ONNX Runtime for a device. `auto` takes native code where it is installed and falls back to WebAssembly, with
 * a note that says so.
 * @param threads of every session; all cores unless said
 * @throws UsageError when a device is asked for that does not work here
 */
export async function openRuntime(device: Device | "auto", threads?: number): Promise<Runtime> {
  const most = 4 * availableParallelism();
  if (threads !== undefined && threads > most) {
    const what = `asked for ${threads} on a machine of ${availableParallelism()} cores`;
    throw new UsageError(
      "threads",
      what,
      `more than ${most} would only wait for each other; leave it out to use all cores`,
    );
  }
  const options = threads === undefined ? {} : { threads };
  if (device === "wasm") return await loadWasm(options);
  if (device === "webgpu") {
    const reason = await checkWebgpu();
    if (reason !== undefined) {
      throw new UsageError("--device webgpu", reason, `use --device cpu, or ${WEBGPU_MEND}`, 1);
    }
    return loadWebgpu();
  }
  const native = await loadNative(options);
  if (!(native instanceof Error)) return native;
  const reason = native.message.split("\n")[0];
  if (device === "cpu") {
    throw new UsageError("--device cpu", `native ONNX Runtime cannot be loaded (${reason})`, `run: ${NATIVE_MEND}`, 1);
  }
  const missing = (native as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND";
  const why = missing ? "is not installed" : `cannot be loaded (${reason})`;
  const note = `Native ONNX Runtime ${why}, so this runs on WebAssembly, several times slower. To mend it: ${NATIVE_MEND}`;
  return await loadWasm({ ...options, notes: [note] });
}
