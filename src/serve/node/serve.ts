import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism } from "node:os";
import { setTimeout } from "node:timers/promises";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { UsageError } from "../../core/index.ts";
import { PixelBudget } from "../../data/index.ts";
import { decodePicture, LIMIT_PIXELS } from "../../data/node/index.ts";
import { askedByRow, type Classifier, openClassifier } from "../../experiment/node/index.ts";
import type { Device } from "../../runtime/index.ts";
import { Admission } from "../admission.ts";
import { type RequestLog, serveApp } from "../app.ts";
import { checkLimits, type Limits } from "../limits.ts";
import type { Service } from "../service.ts";
import { Receiver } from "./receive.ts";

export interface ServeOptions extends Partial<Limits> {
  readonly device?: Device | "auto";
  /** 127.0.0.1 unless said: only this machine gets an answer. */
  readonly host?: string;
  /** 0: any that is free. */
  readonly port?: number;
  /** Guesses for each picture. */
  readonly top?: number;
  /** The probability below which an answer is unknown, 0 for never; what the model says, unless said. */
  readonly unknownBelow?: number;
  readonly onRequest?: (log: RequestLog) => void;
}

/** A server that answers. */
export interface Serving {
  /** Such as http://127.0.0.1:8080. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly classes: readonly string[];
  readonly features?: readonly string[];
  /** The probability below which an answer is unknown; 0 where every answer counts. */
  readonly unknownBelow: number;
  /** The model file. */
  readonly path: string;
  readonly device: string;
  readonly notes: readonly string[];
  readonly limits: Limits;
  /**
   * Takes no more connections, ends what is in hand within `grace` seconds, and lets the model go.
   * @returns how many requests had to be cut off
   */
  stop(): Promise<{ readonly cut: number }>;
}

/** Threads that decode: Node has 4 unless the environment says otherwise. */
const decodingThreads = () => Math.min(availableParallelism(), Number(process.env.UV_THREADPOOL_SIZE ?? 4) || 4);

export const serveDefaults = Object.freeze({
  host: "127.0.0.1",
  port: 8080,
  top: 3,
  maxBytes: 10_000_000,
  maxPixels: LIMIT_PIXELS,
  queue: 128,
  timeout: 10,
  grace: 10,
});

/** Pictures, or rows of numbers, in one request. */
const usualBatch = { pictures: 100, rows: 10_000 };

/** Connections at a time; each is a descriptor and some kilobytes. */
const CONNECTIONS = 1000;

/**
 * Answers over HTTP what is on pictures: exactly what `predict` says of them.
 * @param model a run folder or a model file
 * @throws UsageError for limits out of range, a port that is taken, or a model that cannot be opened
 */
export async function serve(model: string, options: ServeOptions = {}): Promise<Serving> {
  const { host, port, top, ...given } = { ...serveDefaults, ...options };
  checkLimits({ ...given, maxBatch: given.maxBatch ?? 1, concurrency: given.concurrency ?? 1 });
  if (!(Number.isInteger(port) && port >= 0 && port < 65536)) {
    throw new UsageError("port", `is ${port}`, "give a whole number up to 65535, or 0 for any that is free");
  }
  const classifier = await openClassifier(model, options.device, options.unknownBelow);
  try {
    const { features } = classifier;
    const limits: Limits = {
      ...{ maxBytes: given.maxBytes, maxPixels: given.maxPixels, queue: given.queue },
      ...{ timeout: given.timeout, grace: given.grace },
      maxBatch: given.maxBatch ?? usualBatch[features ? "rows" : "pictures"],
      concurrency: given.concurrency ?? decodingThreads(),
    };
    return await listen({ classifier, limits, host, port, top, onRequest: options.onRequest });
  } catch (error) {
    await classifier.close();
    throw error;
  }
}

interface Listening {
  readonly classifier: Classifier;
  readonly limits: Limits;
  readonly host: string;
  readonly port: number;
  readonly top: number;
  readonly onRequest: ServeOptions["onRequest"];
}

async function listen({ classifier, limits, host, port, top, onRequest }: Listening): Promise<Serving> {
  const receiver = new Receiver(limits);
  let stopping = false;
  const app = serveApp<HttpBindings>({
    ...{ limits, top },
    service: serviceOf(classifier, limits),
    admission: new Admission(limits),
    receive: (_request, { incoming }) => receiver.receive(incoming),
    isStopping: () => stopping,
    ...(onRequest ? { onRequest } : {}),
  });
  const milliseconds = 1000 * limits.timeout;
  const server = createAdaptorServer({
    fetch: app.fetch,
    hostname: host,
    // Node throws away what nobody reads, until the request's time is over; the adaptor would end it after half a second.
    autoCleanupIncoming: false,
    serverOptions: {
      headersTimeout: milliseconds,
      // The body has a timer of its own, which answers in our words; this one is for what that one cannot see.
      requestTimeout: 2 * milliseconds,
      connectionsCheckingInterval: Math.min(1000, milliseconds),
    },
  }) as Server;
  server.maxConnections = CONNECTIONS;
  server.on("checkContinue", (incoming: IncomingMessage, outgoing: ServerResponse) => {
    // A client that asks before it sends is told at once that it is too much; any other goes on.
    if (!(Number(incoming.headers["content-length"]) > limits.maxBytes)) outgoing.writeContinue();
    server.emit("request", incoming, outgoing);
  });
  server.listen(port, host);
  await once(server, "listening").catch((error: NodeJS.ErrnoException) => {
    throw cannotListen(error, host, port);
  });
  const { port: actual } = server.address() as AddressInfo;
  const { classes, features, unknownBelow, path, device, notes } = classifier;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${actual}`,
    ...{ host, port: actual, classes, unknownBelow, path, device, notes, limits },
    ...(features ? { features } : {}),
    stop: async () => {
      stopping = true;
      const cut = await close(server, 1000 * limits.grace);
      await classifier.close();
      return { cut };
    },
  };
}

/** The answers of `predict`, and within the limits. */
function serviceOf(classifier: Classifier, { maxPixels }: Limits): Service {
  const { classes, features, unknownBelow, device } = classifier;
  const budget = new PixelBudget();
  return {
    ...{ classes, unknownBelow, device },
    ...(features ? { features } : {}),
    picture: async (bytes, top) => {
      const probabilities = await budget.within(async (admit) =>
        classifier.classify(await decodePicture(bytes, "the body", { limitPixels: maxPixels, admit })),
      );
      return classifier.answer(probabilities, top);
    },
    rows: async (values, top) => {
      const ask = askedByRow(classifier, values);
      const count = values.length / features!.length;
      return await Promise.all(Array.from({ length: count }, async (_, row) => classifier.answer(await ask(row), top)));
    },
  };
}

/**
 * For this long a server that is told to stop still lets in: what was sent before is on its way or waits in the kernel, and would
 * find the connection reset.
 */
const LINGER_MS = 250;

/** @returns how many connections were cut off because they had not ended within the time */
async function close(server: Server, milliseconds: number): Promise<number> {
  await setTimeout(LINGER_MS);
  // Closes the connections that are idle, too.
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const over = new AbortController();
  let cut = 0;
  const cutting = setTimeout(milliseconds, undefined, { signal: over.signal }).then(
    () =>
      server.getConnections((_error, count) => {
        cut = count;
        server.closeAllConnections();
      }),
    () => {},
  );
  await closed;
  over.abort();
  await cutting;
  return cut;
}

function cannotListen({ code, message }: NodeJS.ErrnoException, host: string, port: number): UsageError {
  switch (code) {
    case "EADDRINUSE":
      return new UsageError("--port", `${port} is taken already`, "give another one, or 0 for any that is free", 1);
    case "EACCES":
      return new UsageError("--port", `${port} is not for this user`, "give one above 1023", 1);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new UsageError(
        "--host",
        `${host} is no address of this machine (${code})`,
        "give 127.0.0.1, or 0.0.0.0 for all",
        1,
      );
    default:
      return new UsageError("argmin serve", message, "give another --host or --port", 1);
  }
}
