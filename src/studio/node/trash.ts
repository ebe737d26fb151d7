import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { Problem } from "../problem.ts";
import type { Discarded } from "../run-shelf.ts";

const note = z.object({ name: z.string(), when: z.number() });
const isId = (id: string) => /^[0-9a-f]{16}$/.test(id);
const exists = (path: string) => stat(path).then(Boolean, () => false);

/** The folder `.trash` among the runs. Each run lies in a folder of its own there, beside a note of what it was called. */
export class Trash {
  readonly #runs: string;
  readonly #folder: string;

  constructor(runs: string) {
    this.#runs = runs;
    this.#folder = join(runs, ".trash");
  }

  /** @param path where the run lies @param name what it is called in the list */
  async put(path: string, name: string): Promise<Discarded> {
    const id = randomBytes(8).toString("hex");
    const when = Date.now();
    const place = join(this.#folder, id);
    await mkdir(place, { recursive: true });
    await writeFile(join(place, "note.json"), JSON.stringify({ name, when }));
    // A rename, so that nothing is copied and the run is in one place or the other.
    await rename(path, join(place, "run"));
    return { id, name, when };
  }

  async list(): Promise<readonly Discarded[]> {
    const ids = (await readdir(this.#folder).catch(() => [])).filter(isId);
    const found = await Promise.all(ids.map((id) => this.#noteOf(id)));
    return found.filter((one) => one !== undefined).sort((a, b) => b.when - a.when);
  }

  /** @throws Problem 404 where it is not in the trash, 409 where its name has been taken */
  async restore(id: string): Promise<void> {
    const found = isId(id) ? await this.#noteOf(id) : undefined;
    if (found === undefined) throw new Problem(404, "that run is not in the trash", "look at the list of the trash");
    const path = join(this.#runs, ...found.name.split("/"));
    if (await exists(path)) {
      throw new Problem(409, `there is a run "${found.name}" again`, "rename that one, then bring this one back");
    }
    await mkdir(dirname(path), { recursive: true });
    await rename(join(this.#folder, id, "run"), path);
    await rm(join(this.#folder, id), { recursive: true, force: true });
  }

  async empty(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Only a name that could be in the list leads back among the runs. */
  async #noteOf(id: string): Promise<Discarded | undefined> {
    const text = await readFile(join(this.#folder, id, "note.json"), "utf8").catch(() => "");
    try {
      const { name, when } = note.parse(JSON.parse(text));
      const isSafe = name.split("/").every((part) => part !== "" && !part.startsWith(".") && !part.includes("\\"));
      return isSafe ? { id, name, when } : undefined;
    } catch {
      return undefined;
    }
  }
}
