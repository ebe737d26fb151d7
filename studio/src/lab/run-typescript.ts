/** Runs the TypeScript that a lesson shows, for its test: what it imports is the library's sources, what it prints is returned. */
import * as graph from "../../../src/graph.ts";
import * as library from "../../../src/index.ts";

export type Modules = Readonly<Record<string, object>>;
const modules: Modules = { argmin: library, "argmin/graph": graph };

/** Lessons show code without type annotations, which is TypeScript all the same: so nothing has to be compiled here. */
const body = (code: string, known: Modules) =>
  code.replaceAll(/^import \{([^}]*)\} from "([^"]+)";$/gm, (_, names: string, from: string) => {
    if (!(from in known)) throw new Error(`a lesson imports ${from}`);
    return `const {${names}} = modules[${JSON.stringify(from)}];`;
  });

/**
 * @param known what can be imported; the sources unless said, which cannot train: that takes a built worker
 * @returns the arguments of each console.log
 */
export async function printedBy(code: string, known: Modules = modules): Promise<unknown[][]> {
  const printed: unknown[][] = [];
  const console = { log: (...values: unknown[]) => printed.push(values) };
  const AsyncFunction = (async () => {}).constructor as new (
    ...words: string[]
  ) => (...values: unknown[]) => Promise<void>;
  await new AsyncFunction("modules", "console", body(code, known))(known, console);
  return printed;
}

/** The numbers that it prints, in order. */
export const numbersPrintedBy = async (code: string, known: Modules = modules): Promise<number[]> =>
  (await printedBy(code, known)).flat(2).filter((value): value is number => typeof value === "number");
