/** Runs the TypeScript that a lesson shows, for its test: what it imports is the library's sources, what it prints is returned. */
import * as graph from "../../../src/graph.ts";
import * as library from "../../../src/index.ts";

const modules: Readonly<Record<string, object>> = { argmin: library, "argmin/graph": graph };

/** Lessons show code without type annotations, which is TypeScript all the same: so nothing has to be compiled here. */
const body = (code: string) =>
  code.replaceAll(/^import \{([^}]*)\} from "([^"]+)";$/gm, (_, names: string, from: string) => {
    if (!(from in modules)) throw new Error(`a lesson imports ${from}`);
    return `const {${names}} = modules[${JSON.stringify(from)}];`;
  });

/** @returns the arguments of each console.log */
export async function printedBy(code: string): Promise<unknown[][]> {
  const printed: unknown[][] = [];
  const console = { log: (...values: unknown[]) => printed.push(values) };
  const AsyncFunction = (async () => {}).constructor as new (
    ...words: string[]
  ) => (...values: unknown[]) => Promise<void>;
  await new AsyncFunction("modules", "console", body(code))(modules, console);
  return printed;
}

/** The numbers that it prints, in order. */
export const numbersPrintedBy = async (code: string): Promise<number[]> =>
  (await printedBy(code)).flat(2).filter((value): value is number => typeof value === "number");
