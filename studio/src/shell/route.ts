import { shared } from "./subscribe.ts";

/** Where the reader is, as the address tells it behind the #: `#/run/photos-cnn?epoch=3`. */
export interface Route {
  /** The parts between the slashes, decoded: `["run", "photos-cnn"]`. */
  readonly path: readonly string[];
  /** What a view keeps in the address. */
  readonly query: URLSearchParams;
}

/** A part that cannot be decoded stays as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  return {
    path: path
      .split("/")
      .filter((part) => part !== "")
      .map(decoded),
    query: new URLSearchParams(query),
  };
}

/** The address of a route, for links. */
export function hrefOf(path: readonly string[], query: Readonly<Record<string, string>> = {}): string {
  const text = new URLSearchParams(query).toString();
  return `#/${path.map(encodeURIComponent).join("/")}${text === "" ? "" : `?${text}`}`;
}

const here = (): string => (typeof location === "undefined" ? "" : location.hash);
const current = shared<string>(here);
if (typeof addEventListener !== "undefined") addEventListener("hashchange", () => current.set(here()));

export const route = (): Route => parseRoute(current.value);

/**
 * What the address names behind a page of its own, `photos-cnn` of `#/run/photos-cnn`. It stays what it was while the page is left:
 * what the next page shows is nothing to ask this one's questions of.
 */
export function namedOn(page: string): () => string {
  let last = "";
  return () => {
    const [current, ...parts] = route().path;
    if (current === page) last = parts.join("/");
    return last;
  };
}

/** Goes there, as a link does. */
export function go(path: readonly string[], query: Readonly<Record<string, string>> = {}): void {
  location.hash = hrefOf(path, query);
}

/**
 * Changes what a view keeps in the address; null takes a value out. The way back does not lead through each such change. An address
 * to which the reader has gone, and of which the page is yet to be told, stays.
 */
export function keepInAddress(changes: Readonly<Record<string, string | null>>): void {
  if (here() !== current.value) return;
  const { path, query } = parseRoute(here());
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  const hash = hrefOf(path, Object.fromEntries(query));
  if (hash === here()) return;
  history.replaceState(history.state, "", hash);
  current.set(here());
}
