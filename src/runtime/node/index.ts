export { loadNative } from "./native.ts";
