import { describe, expect, test } from "vitest";
import { UnreadablePicture } from "../data/index.ts";
import { answerOf } from "../experiment/index.ts";
import { Admission, Gone } from "./admission.ts";
import { type RequestLog, serveApp } from "./app.ts";
import { Problem } from "./problem.ts";
import type { Service } from "./service.ts";

const limits = { maxBytes: 1000, maxPixels: 100, maxBatch: 3, concurrency: 1, queue: 1, timeout: 1, grace: 1 };
const classes = ["cats", "<b>dogs</b>", "eels"];

/** Bytes "good" are eels; others say what is wrong with them. */
const pictures: Service = {
  ...{ classes, unknownBelow: 0.5, device: "nothing" },
  picture: async (bytes, top) => {
    const text = new TextDecoder().decode(bytes);
    if (text === "good") return answerOf([0.1, 0.2, 0.7], classes, top, 0.5);
    if (text === "vague") return answerOf([0.3, 0.3, 0.4], classes, top, 0.5);
    if (text === "broken") throw new TypeError("secret");
    throw new UnreadablePicture("body", `it is ${text}`, text as "large");
  },
  rows: () => Promise.reject(new Error("no rows here")),
};
const numbers: Service = {
  ...{ classes, unknownBelow: 0, device: "nothing", features: ["a", "b"] },
  picture: () => Promise.reject(new Error("no pictures here")),
  rows: async (values, top) =>
    Array.from({ length: values.length / 2 }, (_, row) => answerOf([values[2 * row]!, 0.2, 0], classes, top)),
};

function server(service: Service, { isStopping = false, admission = new Admission(limits) } = {}) {
  const log: RequestLog[] = [];
  let held = 0;
  let received = 0;
  const app = serveApp({
    ...{ service, limits, top: 2, admission },
    receive: async (request: Request) => {
      held++;
      received++;
      return { bytes: new Uint8Array(await request.arrayBuffer()), release: () => held-- };
    },
    isStopping: () => isStopping,
    onRequest: (one) => log.push(one),
  });
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await app.request(path, init);
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json");
    return { status: response.status, headers: response.headers, told: isJson ? JSON.parse(text) : text };
  };
  const predict = (body: string | FormData, type = "image/jpeg", query = "") =>
    ask(`/predict${query}`, { method: "POST", body, ...(type ? { headers: { "content-type": type } } : {}) });
  return { ask, predict, log, held: () => held, received: () => received };
}

const form = (...texts: string[]) => {
  const files = new FormData();
  for (const [n, text] of texts.entries()) files.append("files", new File([text], `${n}.jpg`));
  return files;
};
const eels = { label: "eels", probability: 0.7, top: [{ label: "eels", probability: 0.7 }] };

describe("pictures", () => {
  test("a body is a picture, whatever its type says; a form is a list", async () => {
    const { predict, held } = server(pictures);
    const guesses = [...eels.top, { label: "<b>dogs</b>", probability: 0.2 }];
    for (const type of ["image/png", "application/octet-stream", "text/plain", "application/x-www-form-urlencoded"]) {
      expect(await predict("good", type)).toMatchObject({ status: 200, told: { ...eels, top: guesses } });
    }
    expect((await predict("good", "image/png", "?top=1")).told).toEqual(eels);
    const { status, told } = await predict(form("good", "damaged", "good"), "", "?top=1");
    expect([status, told]).toEqual([
      200,
      [
        { name: "0.jpg", ...eels },
        { name: "1.jpg", error: "it is damaged", fix: "send the whole picture, undamaged" },
        { name: "2.jpg", ...eels },
      ],
    ]);
    expect(held()).toBe(0);
  });

  test("what is not probable enough has no label", async () => {
    const { told } = await server(pictures).predict("vague", "image/png", "?top=1");
    const top = [{ label: "eels", probability: 0.4 }];
    expect(told).toEqual({ label: null, unknown: true, nearest: "eels", probability: 0.4, top });
  });

  test.each([
    ["foreign", 415],
    ["large", 413],
    ["damaged", 422],
  ])("what is %s gets %d", async (kind, status) => {
    const { predict, log, held } = server(pictures);
    expect(await predict(kind)).toMatchObject({ status, told: { error: `it is ${kind}` } });
    expect(log).toMatchObject([{ path: "/predict", status, error: `it is ${kind}`, items: 1, bytes: kind.length }]);
    expect(held()).toBe(0);
  });

  test.each([
    ["a form that is cut off", "--x\r\nContent-Disposition", "multipart/form-data; boundary=x", "", 400],
    ["a form without a file", "--x--\r\n", "multipart/form-data; boundary=x", "", 400],
    ["JSON", "{}", "application/json", "", 415],
    ["no number of guesses", "good", "image/png", "?top=many", 400],
    ["too many files", form("good", "good", "good", "good"), "", "", 413],
  ])("%s is refused", async (_, body, type, query, status) => {
    const { predict, held } = server(pictures);
    const refused = await predict(body, type, query);
    expect([refused.status, held()]).toEqual([status, 0]);
    expect(Object.keys(refused.told)).toEqual(["error", "fix"]);
  });

  test("what nobody foresaw is told to the log and not to the client", async () => {
    const { predict, log } = server(pictures);
    const { status, told } = await predict("broken");
    expect([status, JSON.stringify(told)]).toEqual([500, expect.not.stringContaining("secret")]);
    expect((await predict(form("good", "broken"), "")).status).toBe(500);
    expect(log.map(({ cause }) => (cause as Error).message)).toEqual(["secret", "secret"]);
  });
});

describe("numbers", () => {
  const json = "application/json";
  test("one row gets one answer, a list a list, with an error in the place of a bad row", async () => {
    const { predict } = server(numbers);
    expect((await predict("[0.5, 1]", json, "?top=1")).told.label).toBe("cats");
    const { told } = await predict('[[0.1, 1], [1], {"b": 0, "a": 0.9}]', json);
    expect(told.map((one: { label?: string; error?: string }) => one.label ?? one.error)).toEqual([
      "<b>dogs</b>",
      "it has 1 numbers instead of 2",
      "cats",
    ]);
  });

  test.each([
    ["[1, ", json, 400],
    ["[1]", json, 422],
    ["[[1,2],[1,2],[1,2],[1,2]]", json, 413],
    ["good", "image/png", 415],
  ])("%s as %s gets %d", async (body, type, status) => {
    expect((await server(numbers).predict(body, type)).status).toBe(status);
  });
});

describe("the rest of it", () => {
  test("other paths and methods", async () => {
    const { ask } = server(pictures);
    expect((await ask("/nothing")).status).toBe(404);
    const wrong = await ask("/predict");
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
    expect((await ask("/health", { method: "DELETE" })).status).toBe(405);
  });

  test.each([
    ["pictures", pictures],
    ["numbers", numbers],
  ])("openapi.json for %s names what is answered", async (_, service) => {
    const { ask, predict } = server(service);
    const { told } = await ask("/openapi.json");
    expect(Object.keys(told.paths)).toEqual(["/predict", "/health"]);
    const answer = service.features ? await predict("[1, 2]", "application/json") : await predict("good");
    expect(Object.keys(answer.told)).toEqual(told.components.schemas.Answer.required);
    expect(Object.keys((await ask("/health")).told)).toEqual(told.components.schemas.Health.required);
  });

  test("the page holds names as text, and loads nothing", async () => {
    const { told, headers } = await server(pictures).ask("/");
    expect(told).toContain("cats, &lt;b&gt;dogs&lt;/b&gt;, eels");
    expect(told).not.toMatch(/<b>dogs|(src|href)="(http|\/\/)|@import|url\(/);
    // Both hold: what one of them forbids is forbidden.
    const [, own] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(told)!;
    for (const policy of [own, headers.get("content-security-policy")]) {
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("connect-src 'self'");
      expect(policy).toContain("img-src blob:");
    }
  });

  test("a full house refuses before it takes in the body", async () => {
    const admission = new Admission(limits);
    const { predict, received } = server(pictures, { admission });
    let end = () => {};
    const inside = [1, 2].map(() => admission.admit(() => new Promise<void>((resolve) => (end = resolve))));
    const { status, headers } = await predict("good");
    expect([status, headers.get("retry-after"), received()]).toEqual([503, "1", 0]);
    end();
    await inside[1];
    expect((await predict("good")).status).toBe(200);
  });

  test("about to stop, it says so, keeps no connection, and answers what has come", async () => {
    const { ask, predict } = server(pictures, { isStopping: true });
    const answer = await predict("good");
    expect([answer.status, answer.headers.get("connection")]).toEqual([200, "close"]);
    const health = await ask("/health");
    expect([health.status, health.told.status, health.headers.get("connection")]).toEqual([503, "stopping", "close"]);
  });

  test("a client that has gone away is no fault of ours", async () => {
    const log: RequestLog[] = [];
    const app = serveApp({
      ...{ service: pictures, limits, top: 1, admission: new Admission(limits), isStopping: () => false },
      receive: () => Promise.reject(new Gone()),
      onRequest: (one) => log.push(one),
    });
    await app.request("/predict", { method: "POST", body: "good" });
    expect(log).toEqual([
      { method: "POST", path: "/predict", status: null, bytes: 0, items: 0, ms: expect.any(Number) },
    ]);
  });

  test("a refusal of the receiver is told as it is", async () => {
    const app = serveApp({
      ...{ service: pictures, limits, top: 1, admission: new Admission(limits), isStopping: () => false },
      receive: () => Promise.reject(new Problem(408, "late", "hurry", { connection: "close" })),
    });
    const response = await app.request("/predict", { method: "POST", body: "good" });
    expect([response.status, response.headers.get("connection"), await response.json()]).toEqual([
      408,
      "close",
      { error: "late", fix: "hurry" },
    ]);
  });
});
