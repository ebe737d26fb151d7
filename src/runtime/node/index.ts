export { loadNative } from "./native.ts";
export { NATIVE_MEND, openRuntime } from "./open.ts";
export { inheritedArguments, type RemoteModel, remoteModel } from "./remote.ts";
export { loadWasm } from "./wasm.ts";
export { type WebRuntime, webRuntime } from "./web-files.ts";
