import { lstat, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { readAlive } from "../../experiment/node/index.ts";
import { bestOf, parseMetrics } from "../metrics-table.ts";
import type { Curves, RunState, RunSummary } from "../run-shelf.ts";

/** No file of these grows beyond it by itself. */
const MOST_BYTES = 64_000_000;
/** A run without `running.json` (of an older version, say) that was written this lately is being trained. */
const LATELY = 15_000;

/** What of `metrics.json` the table shows. */
const figures = z.object({
  parameters: z.number().nullable().catch(null),
  seconds: z.number().nullable().catch(null),
  interrupted: z.boolean().catch(false),
  test: z.object({ accuracy: z.number() }).nullable().catch(null),
});

/** A file that has been read and understood, until it changes. */
interface Known<T> {
  readonly stamp: string;
  readonly value: T;
  readonly problems: readonly string[];
}

interface Files {
  readonly settings: Known<Readonly<Record<string, unknown>> | null>;
  readonly curves: Known<Curves>;
  readonly figures: Known<z.infer<typeof figures> | null>;
  readonly created: number;
  readonly changed: number;
}

const empty = parseMetrics("epoch\n").curves;

/**
 * Reads the files of a run folder again only where they have changed. Whatever is in them, it does not fail: what cannot be
 * understood is null, and its reason is among the problems.
 */
export class RunReader {
  readonly #known = new Map<string, Files>();

  /** @returns undefined where the folder holds no run */
  async summary(folder: string, name: string): Promise<Omit<RunSummary, "pinned"> | undefined> {
    const files = await this.#files(join(folder, name));
    if (files === undefined) return undefined;
    const { settings, curves, figures: ended, created, changed } = files;
    const alive = await readAlive(join(folder, name));
    const isLate = Date.now() - changed < LATELY && ended.value === null && ended.problems.length === 0;
    const state: RunState =
      alive !== undefined || isLate
        ? "running"
        : ended.value === null
          ? "stopped"
          : ended.value.interrupted
            ? "interrupted"
            : "finished";
    const best = bestOf(curves.value);
    const { epoch, trainLoss, validationAccuracy, validationLoss, seconds } = curves.value;
    const planned = settings.value?.epochs;
    const running = state === "running";
    return {
      ...{ name, state, created, changed, settings: settings.value },
      epochs: epoch.length,
      plannedEpochs: typeof planned === "number" ? planned : null,
      progress: alive ? { share: Math.min(1, alive.step / alive.steps), secondsLeft: alive.secondsLeft } : null,
      bestEpoch: best === null ? null : epoch[best]!,
      validationAccuracy: best === null ? null : validationAccuracy[best]!,
      validationLoss: best === null ? null : validationLoss[best]!,
      trainLoss: trainLoss.at(-1) ?? null,
      testAccuracy: running ? null : (ended.value?.test?.accuracy ?? null),
      parameters: ended.value?.parameters ?? null,
      seconds: (running ? null : ended.value?.seconds) ?? sumOf(seconds),
      problems: [...settings.problems, ...curves.problems, ...ended.problems],
    };
  }

  async curves(folder: string, name: string): Promise<Curves | undefined> {
    return (await this.#files(join(folder, name)))?.curves.value;
  }

  /** Forgets folders that are no longer there. */
  keepOnly(folder: string, names: readonly string[]): void {
    const there = new Set(names.map((name) => join(folder, name)));
    for (const path of this.#known.keys()) if (!there.has(path)) this.#known.delete(path);
  }

  async #files(path: string): Promise<Files | undefined> {
    const known = this.#known.get(path);
    const [own, settings, curves, ended] = await Promise.all([
      stat(path).catch(() => undefined),
      read(join(path, "config.yaml"), known?.settings, readSettings),
      read(join(path, "metrics.csv"), known?.curves, readCurves),
      read(join(path, "metrics.json"), known?.figures, readFigures),
    ]);
    if (own === undefined || (settings === undefined && curves === undefined)) return undefined;
    const files: Files = {
      settings: settings ?? { stamp: "", value: null, problems: ["config.yaml is missing"] },
      curves: curves ?? { stamp: "", value: empty, problems: ["metrics.csv is missing"] },
      figures: ended ?? { stamp: "", value: null, problems: [] },
      created: own.birthtimeMs || own.ctimeMs,
      changed: Math.max(own.mtimeMs, ...[settings, curves, ended].map((one) => Number(one?.stamp.split(" ")[0] ?? 0))),
    };
    this.#known.set(path, files);
    return files;
  }
}

const sumOf = (values: readonly (number | null)[]): number | null =>
  values.length === 0 ? null : values.reduce<number>((sum, value) => sum + (value ?? 0), 0);

type Read<T> = (text: string) => { readonly value: T; readonly problems: readonly string[] };

async function read<T>(path: string, known: Known<T> | undefined, reading: Read<T>): Promise<Known<T> | undefined> {
  const facts = await lstat(path).catch(() => undefined);
  if (facts === undefined) return undefined;
  const stamp = `${facts.mtimeMs} ${facts.size} ${facts.ino}`;
  if (known?.stamp === stamp) return known;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const failed = (why: string) => ({ stamp, ...reading(""), problems: [`${name} ${why}`] });
  // A link may lead out of the folder, and who reads a pipe may wait for ever.
  if (!facts.isFile()) return failed("is no plain file");
  if (facts.size > MOST_BYTES) return failed(`is larger than ${MOST_BYTES / 1e6} MB`);
  try {
    return { stamp, ...reading(await readFile(path, "utf8")) };
  } catch (error) {
    return failed(`cannot be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const readSettings: Read<Readonly<Record<string, unknown>> | null> = (text) => {
  const problem = (why: string) => ({ value: null, problems: [`config.yaml ${why}`] });
  try {
    // Without a limit a few lines of references could unfold to gigabytes.
    const value: unknown = parse(text, { maxAliasCount: 100, logLevel: "error" });
    return isRecord(value) ? { value, problems: [] } : problem(text === "" ? "is empty" : "is no list of options");
  } catch (error) {
    return problem(`is not YAML: ${(error as Error).message.split("\n")[0]}`);
  }
};

const readCurves: Read<Curves> = (text) => {
  const { curves, problems } = parseMetrics(text);
  return { value: curves, problems };
};

const readFigures: Read<z.infer<typeof figures> | null> = (text) => {
  const parsed = figures.safeParse(jsonOf(text));
  return parsed.success
    ? { value: parsed.data, problems: [] }
    : { value: null, problems: ["metrics.json is not what a run writes"] };
};

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
