import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const root = fileURLToPath(new URL("studio/", import.meta.url));
const pages = readdirSync(root).filter((name) => name.endsWith(".html"));

/** The pages of the Studio. Their addresses are relative, so that the folder works from wherever it lies. */
export default defineConfig({
  root,
  base: "./",
  publicDir: false,
  plugins: [svelte({ configFile: false })],
  build: {
    outDir: "dist",
    target: "es2022",
    // A module that is asked for later needs no list of what to load before it: the server is on this machine.
    modulePreload: { polyfill: false },
    rollupOptions: { input: pages.map((name) => `${root}${name}`), checks: { pluginTimings: false } },
  },
  worker: { format: "es" },
});
