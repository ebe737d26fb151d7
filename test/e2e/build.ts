import { build } from "../../bin/build.js";
import { buildStudio } from "../../bin/build-studio.js";

/** The end-to-end tests run what users run, dist/ and studio/dist/: they are built before the first of them. */
export async function setup(): Promise<void> {
  await build();
  await buildStudio();
}
