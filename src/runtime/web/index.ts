export { openWebRuntime, type WebDevice, type WebOptions } from "./open.ts";
