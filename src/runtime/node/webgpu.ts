import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { UsageError } from "../../core/index.ts";
import { gpuRuntime } from "../gpu.ts";
import type { Runtime } from "../session.ts";
import { NATIVE_MEND, nativeModule } from "./native-module.ts";

/** How to get WebGPU. */
export const WEBGPU_MEND =
  process.platform === "linux"
    ? "install the driver of the graphics card and libvulkan.so.1 (on Debian: libvulkan1)"
    : "install the driver of the graphics card";

/** The WebGPU provider of native ONNX Runtime. Whether there is a card is known when the first session is made. */
export function loadWebgpu(): Runtime {
  const found = nativeModule();
  if (found instanceof Error) {
    throw new UsageError(
      "--device webgpu",
      `native ONNX Runtime cannot be loaded (${found.message.split("\n")[0]})`,
      `run: ${NATIVE_MEND}`,
      1,
    );
  }
  const { ort, version } = found;
  return gpuRuntime({ description: `ONNX Runtime ${version}, WebGPU`, notes: [] }, ort, (model, options) =>
    ort.InferenceSession.create(model, options),
  );
}

/** Milliseconds in which a driver has to answer; the first call of one compiles its shaders. */
const PATIENCE_MS = 60_000;

/**
 * Whether a tiny step works on WebGPU here, tried in a process of its own: a driver may print, or take its process with it.
 * @returns why it does not; undefined where it works
 */
export function checkWebgpu(): Promise<string | undefined> {
  const found = nativeModule();
  if (found instanceof Error) return Promise.resolve("native ONNX Runtime, which has WebGPU, is not installed");
  if (!found.ort.listSupportedBackends().some(({ name }) => name === "webgpu")) {
    const what = `ONNX Runtime ${found.version} was built without WebGPU for ${process.platform} ${process.arch}`;
    return Promise.resolve(what);
  }
  const entry = fileURLToPath(new URL("./webgpu-probe-worker.js", import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [entry], { timeout: PATIENCE_MS }, (error, stdout, stderr) => {
      resolve(error === null ? undefined : reasonOf(stdout, stderr, error));
    });
  });
}

/** One line out of what the library and the driver said. */
function reasonOf(
  stdout: string,
  stderr: string,
  error: { readonly killed?: boolean | undefined; readonly code?: unknown },
): string {
  if (error.killed) return `the driver did not answer within ${PATIENCE_MS / 1000} s`;
  const loading = /Couldn't load [^\n:]+: [^\s:]+/.exec(stderr)?.[0];
  if (/No supported adapters|Failed to get a WebGPU adapter/.test(stdout)) {
    return `there is no graphics card with a driver for WebGPU${loading === undefined ? "" : ` (${loading})`}`;
  }
  const said = stdout.trim().split("\n").at(-1) || stderr.trim().split("\n").at(-1);
  return `a tiny step failed: ${said || `the process ended with ${error.code}`}`;
}
