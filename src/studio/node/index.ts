export { exportLab } from "./export-lab.ts";
export { type OpenStudio, openStudio, type StudioOptions } from "./studio.ts";
