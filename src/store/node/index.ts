export { type OpenOptions, openStorage } from "./open.ts";
