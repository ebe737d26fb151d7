export { type OpenStudio, openStudio, type StudioOptions } from "./studio.ts";
