import type { MiddlewareHandler } from "hono";
import { Problem } from "./problem.ts";

/** Requests that change something carry this header, which another site's page cannot send without being allowed to. */
export const OWN_HEADER = "x-argmin-studio";

/** Names under which a machine knows itself; anything else in `Host` is another name that was made to point here. */
const LOCAL = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/;

/**
 * What the browser lets the pages do: nothing is loaded from elsewhere and nothing is sent elsewhere. Plot writes styles into
 * its figures; Wasm and workers are for what trains in the page.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self' data:",
  "connect-src 'self' blob:",
  "worker-src 'self' blob:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const headers: Readonly<Record<string, string>> = {
  "Content-Security-Policy": POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/**
 * Answers the Studio's own pages alone.
 *
 * A page of another site may ask a server on this machine for anything; it only cannot read the answer, unless its own name is
 * made to point to this machine after it was loaded (DNS rebinding). So the name that was asked for has to be a local one, a
 * request that a browser says comes from another site is refused, and what changes something needs a header of ours as well.
 *
 * The port is not compared: it is another one where a connection is forwarded from another machine.
 */
export function guard(): MiddlewareHandler {
  return async (context, next) => {
    const { req } = context;
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    const host = req.header("host") ?? "";
    if (!LOCAL.test(host)) {
      throw new Problem(403, `the Studio is not known as "${host}"`, "open it as http://127.0.0.1, with its port");
    }
    const origin = req.header("origin");
    if (origin !== undefined && origin !== `http://${host}`) throw foreign(origin);
    const site = req.header("sec-fetch-site");
    const reading = req.method === "GET" || req.method === "HEAD";
    const opening = reading && req.header("sec-fetch-mode") === "navigate" && !req.path.startsWith("/api/");
    // A link on another page may open the Studio; nothing but a person's own address bar or the Studio asks for data.
    if (site !== undefined && site !== "same-origin" && !(reading && site === "none") && !opening) throw foreign(site);
    if (!reading && req.header(OWN_HEADER) === undefined) {
      throw new Problem(403, `the header ${OWN_HEADER} is missing`, `send it, as in curl -H '${OWN_HEADER}: 1'`);
    }
    await next();
  };
}

const foreign = (who: string) =>
  new Problem(403, `the request comes from elsewhere (${who})`, "use the page of the Studio itself");
