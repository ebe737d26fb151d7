import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** ONNX Runtime for a page: a module, and the WebAssembly that it loads from its own folder. */
export interface WebRuntime {
  readonly version: string;
  readonly module: string;
  /** Where the files are; the module is the first of them. */
  readonly files: readonly string[];
}

/**
 * The files of onnxruntime-web that a page without other hosts needs.
 * @param webgpu those for the graphics card, too
 */
export function webRuntime({ webgpu = false } = {}): WebRuntime {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve("onnxruntime-web"));
  const { version } = require(join(dirname(folder), "package.json")) as { version: string };
  const names = ["ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm"];
  if (webgpu) names.push("ort.webgpu.bundle.min.mjs", "ort-wasm-simd-threaded.asyncify.wasm");
  return { version, module: names[0]!, files: names.map((name) => join(folder, name)) };
}
