import { build } from "../../bin/build.js";

/** The end-to-end tests run what users run, dist/: it is built before the first of them. */
export async function setup(): Promise<void> {
  await build();
}
