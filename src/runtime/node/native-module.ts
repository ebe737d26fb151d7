import { createRequire } from "node:module";

export type OrtModule = typeof import("onnxruntime-common") & {
  listSupportedBackends(): readonly { readonly name: string; readonly bundled: boolean }[];
};

// The native library (seen in 1.30) has telemetry switched on unless it is told otherwise: it keeps a device id below ~/.cache,
// leaves files in the temporary folder, and holds the address of a collector. It reads the real environment, which only the main thread's
// process.env writes to; so this has to be said when the module is loaded there, before any worker loads the library.
process.env.ORT_DISABLE_TELEMETRY ??= "1";

/** How to get the native package when an installation has lost it: npm drops a failed optional package without a word. */
export const NATIVE_MEND = "npm install --ignore-scripts onnxruntime-node";

/** The native package with its version, or the reason why it cannot be loaded. */
export function nativeModule(): { readonly ort: OrtModule; readonly version: string } | Error {
  const require = createRequire(import.meta.url);
  try {
    const { version } = require("onnxruntime-node/package.json") as { version: string };
    return { ort: require("onnxruntime-node") as OrtModule, version };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
