import { choose, UsageError } from "../core/index.ts";
import type { RequestLog } from "../serve/index.ts";
import { type ServeOptions, type Serving, serve, serveDefaults } from "../serve/node/index.ts";
import { parseAmount } from "./amount-flag.ts";
import { parseDuration } from "./duration-flag.ts";
import { onInterrupt } from "./interrupt.ts";
import { duration, grouped, type Output, percent, style } from "./output.ts";
import { devices, parseNumber, parseProbability } from "./train-options.ts";

export interface ServeFlags {
  readonly host?: string;
  readonly port?: string;
  readonly top?: string;
  readonly maxBytes?: string;
  readonly maxPixels?: string;
  readonly maxBatch?: string;
  readonly concurrency?: string;
  readonly queue?: string;
  readonly timeout?: string;
  readonly grace?: string;
  readonly unknownBelow?: string;
  readonly device: string;
}

/** Answers until it is told to stop. */
export async function serveCommand(output: Output, model: string, flags: ServeFlags): Promise<number> {
  const counts = { requests: 0, refused: 0 };
  const serving = await serve(model, {
    ...optionsOf(flags),
    onRequest: (log) => {
      counts.requests++;
      if (log.status === null || log.status >= 400) counts.refused++;
      tell(output, log);
    },
  });
  const { signal, release } = onInterrupt(output, "Stopping: what is in hand is finished first.");
  try {
    for (const note of serving.notes) output.warn(note);
    greet(output, serving);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve());
    });
    const { cut } = await serving.stop();
    if (cut > 0) {
      const connections = cut === 1 ? "1 connection was" : `${grouped(cut)} connections were`;
      output.warn(`${connections} cut off after ${duration(serving.limits.grace)}.`);
    }
    output.say(`Stopped. Requests: ${grouped(counts.requests)}, of which refused or gone: ${grouped(counts.refused)}.`);
    output.event({ event: "done", ...counts, cut });
    return 0;
  } finally {
    release();
  }
}

function optionsOf(flags: ServeFlags): ServeOptions {
  const whole = (flag: string, text: string | undefined, least: number, example: string) => {
    if (text === undefined) return undefined;
    const value = parseNumber(flag, text, example);
    if (Number.isInteger(value) && value >= least) return value;
    throw new UsageError(
      flag,
      `"${text}" is no whole number, ${least} or more`,
      `write for example ${flag} ${example}`,
    );
  };
  const given = {
    host: flags.host,
    port: whole("--port", flags.port, 0, "8080"),
    top: whole("--top", flags.top, 1, "3"),
    maxBytes: flags.maxBytes === undefined ? undefined : parseAmount("--max-bytes", flags.maxBytes, "10M"),
    maxPixels: flags.maxPixels === undefined ? undefined : parseAmount("--max-pixels", flags.maxPixels, "50M"),
    maxBatch: whole("--max-batch", flags.maxBatch, 1, "100"),
    concurrency: whole("--concurrency", flags.concurrency, 1, "2"),
    queue: whole("--queue", flags.queue, 0, String(serveDefaults.queue)),
    timeout: flags.timeout === undefined ? undefined : parseDuration("--timeout", flags.timeout),
    grace: flags.grace === undefined ? undefined : parseDuration("--grace", flags.grace),
    unknownBelow: flags.unknownBelow === undefined ? undefined : parseProbability(flags.unknownBelow),
    device: choose("--device", devices, flags.device),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

function greet(output: Output, { url, host, path, classes, features, unknownBelow, device, limits }: Serving): void {
  output.say(`Serving ${style("bold", path)}: ${grouped(classes.length)} classes, on ${device}`);
  if (unknownBelow > 0) output.say(`  what is less probable than ${percent(unknownBelow)} is called unknown`);
  output.say(`  ${style("bold", url)}   the page to try it, and how to call it`);
  const call = features
    ? `curl -H 'Content-Type: application/json' -d @rows.json ${url}/predict`
    : `curl --data-binary @picture.jpg ${url}/predict`;
  output.say(`  ${call}`);
  if (!LOOPBACK.test(host)) {
    output.warn(`Others can reach ${host}, and nobody is asked for a password: put a proxy before it.`);
  }
  output.say("Ctrl-C stops it.");
  output.event({
    ...{ event: "listening", url, model: path, classes },
    ...(features ? { features } : {}),
    ...(unknownBelow > 0 ? { unknownBelow } : {}),
    ...{ device, limits },
  });
}

/** With --json every request is a line; people are told only of what is a fault of ours. */
function tell(output: Output, { cause, ...log }: RequestLog): void {
  output.event({ event: "request", time: new Date().toISOString(), ...log });
  if (cause !== undefined) output.warn(`${log.method} ${log.path}: ${(cause as Error).stack ?? String(cause)}`);
}
