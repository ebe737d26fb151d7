import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { Random, UsageError } from "../../../core/index.ts";
import type { Picture, Source } from "../../../data/index.ts";
import { openSource } from "../../../data/node/index.ts";
import type { OpenedRun } from "./open-run.ts";

/** A picture on which an exported file has to answer as the run did. */
export interface Golden {
  readonly path: string;
  /** Its class, where it has one. */
  readonly label: number | undefined;
  /** What `predictions.csv` of the run says of it. */
  readonly said: { readonly label: string; readonly probability: number } | undefined;
  /** The picture, or the row of a model of numbers. */
  read(): Promise<Picture | Float32Array>;
}

export interface GoldenSet {
  readonly pictures: readonly Golden[];
  /** What they are, in words. */
  readonly origin: string;
  /** What a person should know. */
  readonly notes: readonly string[];
}

/** Pictures that the run held out, and the run's data. */
export interface HeldOut {
  readonly source: Source;
  readonly indices: Readonly<Record<"validation" | "test" | "train", readonly number[]>>;
}

/**
 * The data of a run, with the indices of its split.
 * @param data in place of the path that the run was trained with
 * @returns the reason, where the data cannot be had any more
 */
export async function heldOut(run: OpenedRun, data: string | undefined): Promise<HeldOut | string> {
  const name = data ?? run.facts.data;
  const { depth } = run.settings;
  try {
    const source = await openSource(name, { depth: depth ?? undefined });
    if (source.classes.join("\n") !== run.facts.classes.join("\n")) {
      return `${name} has other classes than the run now`;
    }
    if (source.numbers?.features.join("\n") !== run.facts.features?.join("\n")) {
      return `${name} has other features than the run now`;
    }
    const indexOf = new Map(source.paths.map((path, i) => [path, i]));
    const indices = (part: "validation" | "test" | "train") =>
      (run.split?.[part] ?? []).flatMap((path) => indexOf.get(path) ?? []);
    const found = { validation: indices("validation"), test: indices("test"), train: indices("train") };
    if (Object.values(found).every((list) => list.length === 0)) return `${name} has no picture of the run's split`;
    return { source, indices: found };
  } catch (error) {
    if (!(error instanceof UsageError) || data !== undefined) throw error;
    return `${error.where}: ${error.what}`;
  }
}

/**
 * At most `count` pictures that the run held out, as many of each class as can be; drawn ones where the data is gone, which
 * hold the file to the run's network as well, since what is compared are two ways to compute the same.
 */
export async function goldenSet(run: OpenedRun, held: HeldOut | string, count: number): Promise<GoldenSet> {
  if (typeof held === "string") {
    const pictures = Array.from({ length: Math.min(count, MOST_DRAWN) }, (_, i) =>
      run.facts.features ? drawnRow(run, i) : drawn(i),
    );
    return { pictures, origin: "drawn", notes: [`The run's data cannot be read (${held}), so pictures were drawn`] };
  }
  const { source, indices } = held;
  const { test, validation, train } = indices;
  const candidates = test.length + validation.length > 0 ? [...test, ...validation] : train;
  const queues = source.classes.map((_, label) => candidates.filter((index) => source.labels[index] === label));
  const chosen: number[] = [];
  for (let turn = 0; chosen.length < Math.min(count, candidates.length); turn++) {
    for (const queue of queues) if (turn < queue.length && chosen.length < count) chosen.push(queue[turn]!);
  }
  const said = await predictionsOf(run.path);
  const pictures = chosen.map((index) => ({ ...goldenOf(source, index), said: said.get(source.paths[index]!) }));
  return { pictures, origin: candidates === train ? "training" : "held-out", notes: [] };
}

/** A picture of a source, without what the run said of it. */
export function goldenOf(source: Source, index: number): Golden {
  const { numbers } = source;
  const width = numbers?.features.length ?? 0;
  const read = async () =>
    numbers === undefined ? await source.read(index) : numbers.values.slice(index * width, (index + 1) * width);
  return { path: source.paths[index]!, label: source.labels[index]!, said: undefined, read };
}

/** The label and the probability of each picture in `predictions.csv`. */
async function predictionsOf(run: string): Promise<Map<string, { label: string; probability: number }>> {
  const text = await readFile(join(run, "predictions.csv"), "utf8").catch(() => undefined);
  if (text === undefined) return new Map();
  const rows: Record<string, string>[] = parse(text, { columns: true });
  return new Map(
    rows.map(({ path, predicted, probability }) => [path!, { label: predicted!, probability: Number(probability) }]),
  );
}

const MOST_DRAWN = 64;

/** A picture of blocks, a slope and noise, whose sides differ from picture to picture; the same for the same number. */
export function drawn(number: number): Golden {
  const random = new Random(number, "golden");
  const [height, width] = [8 + random.below(120), 8 + random.below(120)];
  const block = 1 + random.below(16);
  const noise = random.below(100);
  const blocks = new Map<number, number>();
  const pixels = new Uint8Array(3 * height * width);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++, i++) {
        const key = (Math.floor(y / block) * 256 + Math.floor(x / block)) * 3 + c;
        const base = blocks.get(key) ?? random.below(156);
        blocks.set(key, base);
        pixels[i] = Math.min(255, base + random.below(noise + 1) + (x * 40) / width);
      }
    }
  }
  return {
    path: `drawn #${number + 1}`,
    label: undefined,
    said: undefined,
    read: async () => ({ pixels, height, width, channels: 3 }),
  };
}

/** A row of numbers about as large as those that the run learned from. */
function drawnRow({ recipe: { normalization } }: OpenedRun, number: number): Golden {
  const random = new Random(number, "golden");
  const { mean, deviation } = normalization;
  const row = Float32Array.from(mean, (m, k) => m + deviation[k]! * random.normal());
  return { path: `drawn #${number + 1}`, label: undefined, said: undefined, read: async () => row };
}
