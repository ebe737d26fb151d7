export { type OpenOptions, openStorage } from "./open.ts";
export { openQueue, type QueueOptions } from "./queue.ts";
