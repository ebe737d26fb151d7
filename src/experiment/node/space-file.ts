import { readFile } from "node:fs/promises";
import { isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { choose, UsageError } from "../../core/index.ts";
import type { TrainOptions } from "../options.ts";
import { type DataFacts, type Described, describedSpace, type Entry, type SearchSpace } from "../tune/index.ts";

const EXAMPLE = '"adam.learningRate: {low: 1e-4, high: 1e-2, log: true}"';

const value = z.union([z.number(), z.string(), z.boolean()]);
const range = z.strictObject({
  low: z.number().optional(),
  high: z.number().optional(),
  log: z.boolean().optional(),
  step: z.number().optional(),
  choices: z.array(value).optional(),
  when: z.record(z.string(), z.union([value, z.array(value)])).optional(),
});

/**
 * Reads what a search is to choose from out of a YAML file, an entry a parameter: `optimizer: [adam, lion]` is a choice,
 * `dropout: 0.2` fixes a value, `l2: {low: 1e-6, high: 1e-3, log: true}` is a range, whose ends may be left out where the parameter
 * has usual ones, and `schedule: null` leaves it to the run. All others are as in the default space.
 * @param said names of what stands on the command line
 * @throws UsageError that names the file, the line and the parameter
 */
export async function readSpaceFile(
  path: string,
  options: TrainOptions,
  facts: DataFacts,
  said: Iterable<string> = [],
): Promise<SearchSpace> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(path, `cannot be read (${error.code})`, `give a YAML file with lines such as ${EXAMPLE}`);
  });
  return describedSpace(entriesOf(path, text), options, facts, said);
}

/** What a file says, entry by entry. */
export function entriesOf(path: string, text: string): Entry[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number | undefined) => `${path}, line ${lines.linePos(offset ?? 0).line}`;
  const [broken] = document.errors;
  if (broken !== undefined) {
    const twice = broken.code === "DUPLICATE_KEY";
    const what = twice ? "a parameter is there twice" : `is not YAML: ${broken.message.split("\n")[0]}`;
    throw new UsageError(lineAt(broken.pos[0]), what, twice ? "write it once" : "mend that line");
  }
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    throw new UsageError(path, "is empty", `write lines such as ${EXAMPLE}`);
  }
  if (!isMap(contents)) {
    throw new UsageError(path, "holds no parameters", `write a name, a colon and what it may be, such as ${EXAMPLE}`);
  }
  return contents.items.map(({ key, value: content }) => {
    const where = lineAt(isNode(key) ? key.range?.[0] : undefined);
    const name = String(isScalar(key) ? key.value : key);
    const written: unknown = isNode(content) ? content.toJS(document) : content;
    return { name, where, value: described(`${where}, ${name}`, written) };
  });
}

/** @throws UsageError for what is no value, list or range */
function described(where: string, written: unknown): Described {
  if (written === null || value.safeParse(written).success) return written as Described;
  if (Array.isArray(written)) {
    const odd = written.find((one) => !value.safeParse(one).success);
    if (odd === undefined) return written as Described;
    throw new UsageError(where, `has ${JSON.stringify(odd)} in its list`, "give numbers, words, true or false");
  }
  const parsed = range.safeParse(written);
  if (parsed.success) return parsed.data as Described;
  const [issue] = parsed.error.issues;
  if (issue.code === "unrecognized_keys") choose(where, range.shape, issue.keys[0]);
  const [own] = issue.path;
  const given = (written as Readonly<Record<string, unknown>>)[String(own)];
  const fix = own === "log" ? "give true or false" : own === "choices" ? "give a list" : "give a number";
  throw new UsageError(
    where,
    own === undefined ? "is no value, list or range" : `${String(own)} is ${JSON.stringify(given)}`,
    own === undefined ? `write for example ${EXAMPLE}` : own === "when" ? 'write "when: {optimizer: adam}"' : fix,
  );
}
