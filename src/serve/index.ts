export { Admission, Gone } from "./admission.ts";
export { type AppOptions, type RequestLog, serveApp } from "./app.ts";
export { heldBytes, type Limits } from "./limits.ts";
export { Problem } from "./problem.ts";
export type { Body, Service } from "./service.ts";
