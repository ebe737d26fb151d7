import { Hono } from "hono";
import { VERSION } from "../core/index.ts";
import { type Admission, Gone } from "./admission.ts";
import type { Limits } from "./limits.ts";
import { openApi } from "./openapi.ts";
import { PAGE_POLICY, servePage } from "./page.ts";
import { Problem, problemOf } from "./problem.ts";
import { rowsOf } from "./rows.ts";
import type { Body, Service } from "./service.ts";

/** What became of a request. */
export interface RequestLog {
  readonly method: string;
  readonly path: string;
  /** null where the client had gone away before it could be answered. */
  readonly status: number | null;
  /** Of the body, as far as it was taken in. */
  readonly bytes: number;
  /** Pictures or rows that were looked at. */
  readonly items: number;
  readonly ms: number;
  /** Why it was refused. */
  readonly error?: string;
  /** What went wrong, where nobody foresaw it. */
  readonly cause?: unknown;
}

export interface AppOptions<Bindings extends object> {
  readonly service: Service;
  readonly limits: Limits;
  /** Guesses for each picture unless the request says how many. */
  readonly top: number;
  readonly admission: Admission;
  /** Takes in a request's body, within the limits. */
  readonly receive: (request: Request, bindings: Bindings) => Promise<Body>;
  /** Whether the server is about to stop: what has come is still answered, and no connection is kept. */
  readonly isStopping: () => boolean;
  readonly onRequest?: (log: RequestLog) => void;
}

interface Taken {
  bytes: number;
  items: number;
  problem?: Problem;
  cause?: unknown;
}

/** The routes: `fetch` of what is returned answers a request. */
export function serveApp<Bindings extends object>(options: AppOptions<Bindings>) {
  const { service, limits, admission } = options;
  const started = performance.now();
  const app = new Hono<{ Bindings: Bindings; Variables: { taken: Taken } }>();

  app.use(async (c, next) => {
    const began = performance.now();
    const taken: Taken = { bytes: 0, items: 0 };
    c.set("taken", taken);
    await next();
    c.header("x-content-type-options", "nosniff");
    // A connection that is kept would keep the server from stopping.
    if (options.isStopping()) c.header("connection", "close");
    const { bytes, items, problem, cause } = taken;
    const isGone = cause instanceof Gone;
    options.onRequest?.({
      ...{ method: c.req.method, path: c.req.path, bytes, items },
      status: isGone ? null : c.res.status,
      ms: Number((performance.now() - began).toFixed(2)),
      ...(problem === undefined || isGone ? {} : { error: problem.what }),
      ...(problem?.status === 500 && !isGone ? { cause } : {}),
    });
  });
  app.onError((error, c) => {
    const problem = problemOf(error);
    const taken = c.get("taken");
    taken.problem = problem;
    taken.cause = error;
    return c.json(problem.toJSON(), problem.status, problem.headers);
  });
  app.notFound((c) => {
    const problem = new Problem(
      404,
      `there is no ${c.req.path}`,
      "POST to /predict, or GET /, /health or /openapi.json",
    );
    return c.json(problem.toJSON(), 404);
  });

  const document = openApi(service, limits, options.top);
  app.get("/", (c) => {
    // No other page may hold it in a frame, which only a header can say.
    c.header("content-security-policy", `${PAGE_POLICY}; frame-ancestors 'none'`);
    return c.html(servePage(service, limits, new URL(c.req.url).origin));
  });
  app.get("/openapi.json", (c) => c.json(document));
  app.get("/health", (c) => {
    const stopping = options.isStopping();
    const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
    return c.json(
      {
        ...{ status: stopping ? "stopping" : "ok", argmin: VERSION, device: service.device, classes: service.classes },
        ...{ inHand: admission.inside, busy: admission.busy, seconds },
      },
      stopping ? 503 : 200,
    );
  });
  app.post("/predict", async (c) => {
    const taken = c.get("taken");
    const top = topOf(c.req.query("top"), options.top);
    // Before the body is taken in, so that the refused costs nothing; and again when it has come, which may be late.
    admission.refuseIfFull();
    const body = await options.receive(c.req.raw, c.env);
    taken.bytes = body.bytes.length;
    try {
      const { signal } = c.req.raw;
      const type = c.req.header("content-type") ?? "";
      const answers = await admission.admit(() => answer({ options, body, type, top, signal, taken }));
      return c.json(answers);
    } finally {
      body.release();
    }
  });
  for (const [path, method] of Object.entries({
    "/predict": "POST",
    "/health": "GET",
    "/openapi.json": "GET",
    "/": "GET",
  })) {
    app.all(path, (c) => {
      throw new Problem(405, `${path} takes no ${c.req.method}`, `send a ${method}`, { allow: method });
    });
  }
  return app;
}

function topOf(text: string | undefined, usual: number): number {
  if (text === undefined) return usual;
  const top = Number(text);
  if (Number.isSafeInteger(top) && top >= 1) return top;
  throw new Problem(400, `top is "${text}", which is no number of guesses`, "give a whole number, 1 or more");
}

interface Question {
  readonly options: Pick<AppOptions<never>, "service" | "limits" | "admission">;
  readonly body: Body;
  /** The content type, with its parameters. */
  readonly type: string;
  readonly top: number;
  readonly signal: AbortSignal;
  readonly taken: Taken;
}

async function answer(question: Question): Promise<object> {
  const { options, body, type, top, signal, taken } = question;
  const { service, limits, admission } = options;
  const mediaType = type.split(";")[0]!.trim().toLowerCase();
  if (service.features !== undefined) return await answerRows(question, mediaType, service.features);
  if (mediaType === "application/json") {
    throw new Problem(415, "the model knows pictures, and the body is JSON", "send the bytes of a picture");
  }
  if (mediaType !== "multipart/form-data") {
    taken.items = 1;
    return await admission.inTurn(signal, () => service.picture(body.bytes, top));
  }
  const files = await filesOf(body.bytes, type);
  if (files.length > limits.maxBatch) {
    const what = `it holds ${files.length} files, more than ${limits.maxBatch}`;
    throw new Problem(413, what, "send them in several requests");
  }
  taken.items = files.length;
  return await inOrderOf(files, admission.concurrency, async (file) => {
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      return { name: file.name, ...(await admission.inTurn(signal, () => service.picture(bytes, top))) };
    } catch (error) {
      const problem = problemOf(error);
      if (problem.status === 500) throw error;
      return { name: file.name, ...problem.toJSON() };
    }
  });
}

/** Works on `width` items at a time; the results are in the order of the items. */
async function inOrderOf<T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}

async function answerRows(
  { options, body, top, signal, taken }: Question,
  mediaType: string,
  features: readonly string[],
): Promise<object> {
  const { service, limits, admission } = options;
  const fix = `send JSON: rows of ${features.length} numbers`;
  if (mediaType.startsWith("image/") || mediaType.startsWith("multipart/")) {
    throw new Problem(415, `the model knows numbers, and the body is ${mediaType}`, fix);
  }
  let sent: unknown;
  try {
    sent = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body.bytes));
  } catch (error) {
    throw new Problem(400, `the body is no JSON (${(error as Error).message.slice(0, 120)})`, fix);
  }
  const { single, values, rows } = rowsOf(sent, features, limits.maxBatch);
  taken.items = rows.length;
  if (single && rows[0] instanceof Problem) throw rows[0];
  const answers = values.length === 0 ? [] : await admission.inTurn(signal, () => service.rows(values, top));
  if (single) return answers[0]!;
  return rows.map((row) => (row instanceof Problem ? row.toJSON() : answers[row]!));
}

/** The files of a form, whatever its fields are called. */
async function filesOf(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<File[]> {
  const fix = "send a multipart form with one file or more";
  const form = await new Response(bytes, { headers: { "content-type": type } }).formData().catch(() => {
    throw new Problem(400, "the form cannot be taken apart", fix);
  });
  const files = [...form.values()].filter((value) => typeof value !== "string");
  if (files.length === 0) throw new Problem(400, "the form holds no file", fix);
  return files;
}
