import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const root = fileURLToPath(new URL("studio/", import.meta.url));
const pages = readdirSync(root).filter((name) => name.endsWith(".html"));

/** Every browser that the pages run in reads woff2, so KaTeX's fonts are there once and not three times. */
const woff2 = {
  name: "woff2-alone",
  enforce: "pre" as const,
  transform: (code: string, id: string) =>
    id.includes("katex.min.css") ? code.replaceAll(/,url\([^)]+\.(?:woff|ttf)\) format\("\w+"\)/g, "") : undefined,
};

/** The pages of the Studio. Their addresses are relative, so that the folder works from wherever it lies. */
export default defineConfig({
  root,
  base: "./",
  publicDir: false,
  plugins: [woff2, svelte({ configFile: false })],
  build: {
    outDir: "dist",
    target: "es2022",
    // A module that is asked for later needs no list of what to load before it: the server is on this machine.
    modulePreload: { polyfill: false },
    rollupOptions: { input: pages.map((name) => `${root}${name}`), checks: { pluginTimings: false } },
  },
  worker: { format: "es" },
});
