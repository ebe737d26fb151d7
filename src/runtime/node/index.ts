export { loadNative } from "./native.ts";
export { NATIVE_MEND } from "./native-module.ts";
export { openRuntime } from "./open.ts";
export { inheritedArguments, type RemoteModel, remoteModel } from "./remote.ts";
export { loadWasm } from "./wasm.ts";
export { type WebRuntime, webRuntime } from "./web-files.ts";
export { checkWebgpu, loadWebgpu, WEBGPU_MEND } from "./webgpu.ts";
