/** A real Chromium for tests and measurements of pages, and a server for them on the loopback. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";
import { installation, installOnDebian } from "./debian.js";

/** Where a Chromium is: CHROMIUM, or where distributions put it. */
const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const found = () => [process.env.CHROMIUM ?? "", ...places].find((path) => path !== "" && existsSync(path));

/** The path of a Chromium; on Debian, as root, it is installed where there is none. */
function chromiumPath() {
  if (found() === undefined) installOnDebian("chromium");
  const path = found();
  if (path === undefined) {
    const command = installation("chromium");
    throw new Error(`tests of pages need Chromium: name one in CHROMIUM, or install it, on Debian with\n  ${command}`);
  }
  return path;
}

const quiet = ["no-first-run", "disable-background-networking", "disable-component-update", "disable-sync"];

/** Without a graphics card, and with one that the processor stands in for. */
const cards = {
  none: ["disable-gpu"],
  software: ["enable-unsafe-webgpu", "use-webgpu-adapter=swiftshader"],
};

/** Starts it, with a profile that is new and empty. */
export const launch = (card = "none") =>
  chromium.launch({
    executablePath: chromiumPath(),
    args: ["no-sandbox", ...cards[card], "disable-quic", ...quiet].map((flag) => `--${flag}`),
  });

const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/**
 * Serves the files of a folder, as any static server does.
 * @param headers sent with each of them
 */
export async function serveFolder(folder, headers = {}) {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    const file = join(folder, path === "/" ? "index.html" : decodeURIComponent(path));
    const body = await readFile(file).catch(() => undefined);
    if (body === undefined) {
      response.writeHead(404).end();
      return;
    }
    response
      .writeHead(200, { ...headers, "content-type": types[extname(file)] ?? "application/octet-stream" })
      .end(body);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
