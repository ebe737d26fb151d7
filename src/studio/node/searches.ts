import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../problem.ts";
import type { StudyProcess } from "../study-shelf.ts";

/** Characters of what a process said last that are shown. */
const TAIL = 1500;

interface Search {
  readonly id: number;
  readonly log: string;
  readonly began: number;
  exit: number | null;
}

/** The processes that search, by the names of their studies. They outlive the Studio: what they say goes to a file. */
export class Searches {
  readonly #command: readonly string[];
  readonly #folder: string;
  readonly #searches = new Map<string, Search>();

  /**
   * @param command that `argmin` is run by, with the program itself
   * @param folder for what they say
   */
  constructor(command: readonly string[], folder: string) {
    this.#command = command;
    this.#folder = folder;
  }

  /** @throws Problem 409 where one runs for that study already */
  start(study: string, parameters: readonly string[]): number {
    const before = this.#searches.get(study);
    if (before !== undefined && before.exit === null) {
      throw new Problem(409, `process ${before.id} searches for ${study} already`, "pause or stop it first");
    }
    mkdirSync(this.#folder, { recursive: true });
    const log = join(this.#folder, `${study}.log`);
    const file = openSync(log, "w");
    const [program, ...own] = this.#command;
    // Not of the Studio's group: Ctrl-C there is for the Studio alone.
    const child = spawn(program, [...own, ...parameters], { stdio: ["ignore", file, file], detached: true });
    closeSync(file);
    const search: Search = { id: child.pid ?? 0, log, began: Date.now(), exit: child.pid === undefined ? 1 : null };
    child.on("exit", (code) => {
      search.exit = code ?? 1;
    });
    child.on("error", () => {
      search.exit = 1;
    });
    child.unref();
    this.#searches.set(study, search);
    return search.id;
  }

  /** Ends one that has not come to its study yet, as Ctrl-C does. @returns whether there was one */
  interrupt(study: string): boolean {
    const search = this.#searches.get(study);
    return search !== undefined && search.exit === null && process.kill(search.id, "SIGINT");
  }

  of(study: string): StudyProcess | null {
    const search = this.#searches.get(study);
    if (search === undefined) return null;
    const { id, exit, log } = search;
    return { id, exit, said: exit === null || exit === 0 ? "" : tailOf(log) };
  }

  /** With when they began, in milliseconds since 1970. */
  all(): readonly { readonly study: string; readonly began: number }[] {
    return [...this.#searches].map(([study, { began }]) => ({ study, began }));
  }
}

function tailOf(path: string): string {
  try {
    return readFileSync(path, "utf8").trim().slice(-TAIL);
  } catch {
    return "";
  }
}
