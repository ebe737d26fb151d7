import type { Hono } from "hono";
import { expect, test } from "vitest";
import { studioApp } from "./app.ts";
import type { Desk } from "./desk.ts";
import { OWN_HEADER } from "./guard.ts";

/** What the desk was asked to do. */
const done: string[] = [];
const nothing = async (what: string) => {
  done.push(what);
};
const desk = {
  runs: {
    list: async () => [],
    curves: async () => ({}),
    watch: () => () => {},
    rename: (name: string, to: string) => nothing(`rename ${name} ${to}`),
    pin: (name: string) => nothing(`pin ${name}`),
    discard: async (name: string) => ({ id: "1", name, when: 0 }),
    restore: (id: string) => nothing(`restore ${id}`),
    trash: async () => [],
    emptyTrash: () => nothing("empty"),
  },
} as unknown as Desk;
const files = new Map([
  ["index.html", "<p>page</p>"],
  ["assets/a.js", "1"],
]);
const app = studioApp({
  desk,
  pages: {
    read: async (name) => {
      const text = files.get(name);
      return text === undefined ? undefined : new TextEncoder().encode(text);
    },
  },
});

const ask = (path: string, headers: Record<string, string> = {}, method = "GET", body?: string) =>
  app.request(path, {
    method,
    headers: { host: "127.0.0.1:4242", ...headers },
    ...(body === undefined ? {} : { body }),
  });
const json = { "content-type": "application/json", [OWN_HEADER]: "1" };
const rename = (headers: Record<string, string>) =>
  ask("/api/runs/a/name", { ...json, ...headers }, "POST", '{"to":"b"}');

test.each(["127.0.0.1:4242", "localhost:4242", "localhost", "[::1]:9"])("is known as %s", async (host) => {
  expect((await ask("/api/runs", { host })).status).toBe(200);
  expect((await ask("/", { host })).status).toBe(200);
});

test.each([
  ["another name that points here", "evil.example:4242"],
  ["one that begins like ours", "127.0.0.1.evil.example"],
  ["one that ends like ours", "evil-localhost:4242"],
  ["the address of the machine in its network", "192.168.0.7:4242"],
  ["no name", ""],
])("refuses %s", async (_, host) => {
  for (const path of ["/", "/api/runs", "/assets/a.js"]) {
    const answer = await ask(path, { host });
    expect(answer.status).toBe(403);
    expect(await answer.text()).not.toContain("page");
  }
});

test.each([
  ["a form or script of another site", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
  ["another server on this machine", { origin: "http://127.0.0.1:3000", "sec-fetch-site": "same-site" }],
  ["a page without an origin", { origin: "null" }],
  ["a browser that tells the site alone", { "sec-fetch-site": "cross-site" }],
  ["an origin that is ours but for its scheme", { origin: "https://127.0.0.1:4242" }],
])("refuses a change from %s", async (_, headers) => {
  done.length = 0;
  const answer = await rename(headers);
  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({ error: { what: expect.any(String), fix: expect.any(String) } });
  expect(done).toEqual([]);
});

test("refuses a change without its header, which a form cannot send, and one that is no JSON", async () => {
  done.length = 0;
  expect((await ask("/api/runs/a/name", { "content-type": "application/json" }, "POST", '{"to":"b"}')).status).toBe(
    403,
  );
  expect((await ask("/api/trash", {}, "DELETE")).status).toBe(403);
  expect(
    (await ask("/api/runs/a/name", { [OWN_HEADER]: "1", "content-type": "text/plain" }, "POST", '{"to":"b"}')).status,
  ).toBe(400);
  expect((await ask("/api/runs/a/name", json, "POST", '{"to":')).status).toBe(400);
  expect((await ask("/api/runs/a/name", json, "POST", '{"to":1}')).status).toBe(400);
  expect(done).toEqual([]);
});

test("lets its own page change things, and a program that says the header", async () => {
  done.length = 0;
  const own = { origin: "http://127.0.0.1:4242", "sec-fetch-site": "same-origin" };
  expect((await rename(own)).status).toBe(200);
  expect((await rename({})).status).toBe(200);
  expect(done).toEqual(["rename a b", "rename a b"]);
});

test("no other site reads: neither by a script nor as a picture; a link may open the page", async () => {
  const cross = { "sec-fetch-site": "cross-site" };
  expect((await ask("/api/runs", { ...cross, "sec-fetch-mode": "no-cors" })).status).toBe(403);
  expect((await ask("/api/runs", { ...cross, "sec-fetch-mode": "navigate" })).status).toBe(403);
  expect((await ask("/assets/a.js", { ...cross, "sec-fetch-mode": "no-cors" })).status).toBe(403);
  expect((await ask("/", { ...cross, "sec-fetch-mode": "navigate" })).status).toBe(200);
  expect((await ask("/", { "sec-fetch-site": "none", "sec-fetch-mode": "navigate" })).status).toBe(200);
});

test("never allows another origin to read, and tells the browser what the page may do", async () => {
  for (const path of ["/", "/api/runs", "/nothing"]) {
    const { headers } = await ask(path);
    expect(headers.get("access-control-allow-origin")).toBeNull();
    const policy = headers.get("content-security-policy")!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/https?:|\*|script-src[^;]*unsafe-inline|'unsafe-eval'/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  }
  expect((await ask("/api/runs", { origin: "https://evil.example" }, "OPTIONS")).status).toBe(403);
});

test("a fault of ours is told where the Studio was started, and not to whom asks", async () => {
  const faults: unknown[] = [];
  const broken = { ...desk, runs: { ...desk.runs, list: async () => Promise.reject(new Error("secret path")) } };
  const failing: Hono = studioApp({
    desk: broken,
    pages: { read: async () => undefined },
    onFault: (_, error) => faults.push(error),
  });
  const answer = await failing.request("/api/runs", { headers: { host: "localhost" } });
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain("secret");
  expect(faults).toHaveLength(1);
});
