import type { Hono } from "hono";
import { Problem } from "./problem.ts";

/** The files of the built page. */
export interface PageFiles {
  /** The bytes of a file, such as `assets/studio-1a2b.js`; undefined where there is none of exactly that name. */
  read(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json",
  wasm: "application/wasm",
  woff2: "font/woff2",
  svg: "image/svg+xml",
  png: "image/png",
};

/** The page, at every address that is not the server's own. */
export function pageRoutes(app: Hono, files: PageFiles): void {
  app.get("*", async (context) => {
    const { path } = context.req;
    if (path.startsWith("/api/")) throw new Problem(404, `there is no ${path}`, "look at the list in docs/studio.md");
    const name = path === "/" ? "index.html" : path.slice(1);
    const body = await files.read(name);
    if (body === undefined) throw new Problem(404, `there is no ${path}`, "begin at /");
    const type = types[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    // What the build named by its content never changes under its name.
    const age = name.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache";
    return context.body(body, 200, { "Content-Type": type, "Cache-Control": age });
  });
}
