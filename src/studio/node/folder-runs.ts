import { readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { Problem } from "../problem.ts";
import type { Curves, Discarded, RunShelf, RunSummary, RunsChange } from "../run-shelf.ts";
import { inside, isName } from "./inside.ts";
import { RunReader } from "./read-run.ts";
import { Trash } from "./trash.ts";

/** Milliseconds between two looks at the folder while somebody watches. */
const INTERVAL = 1000;
const notes = z.object({ pinned: z.array(z.string()).catch([]) });
const exists = (path: string) => stat(path).then(Boolean, () => false);

/**
 * The runs of a folder: its folders that hold a `config.yaml` or a `metrics.csv`, and the folds of a cross-validation. The trials
 * of a study are not among them, since there may be thousands. What is pinned stands in `.studio.json` beside them.
 */
export class FolderRuns implements RunShelf {
  readonly #folder: string;
  readonly #reader = new RunReader();
  readonly #trash: Trash;
  readonly #watchers = new Set<(change: RunsChange) => void>();
  #timer: NodeJS.Timeout | undefined;
  /** As it was told last, by name. */
  #told: Map<string, string> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
    this.#trash = new Trash(folder);
  }

  async list(): Promise<readonly RunSummary[]> {
    const [names, pinned] = await Promise.all([this.#names(), this.#pinned()]);
    const found = await Promise.all(names.map((name) => this.#reader.summary(this.#folder, name)));
    this.#reader.keepOnly(this.#folder, names);
    return found
      .filter((one) => one !== undefined)
      .map((one) => ({ ...one, pinned: pinned.has(one.name) }))
      .sort((a, b) => b.created - a.created || (a.name < b.name ? -1 : 1));
  }

  async #names(): Promise<string[]> {
    const folders = async (path: string) => {
      const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
      // A link to a folder is no folder here, so that everything that is shown lies where it seems to.
      return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".")).map(({ name }) => name);
    };
    const top = await folders(this.#folder);
    const all = await Promise.all(
      top.map(async (name) => {
        const path = join(this.#folder, name);
        if (await exists(join(path, "metrics.csv"))) return [name];
        const folds = (await folders(path)).filter((one) => /^fold\d+$/.test(one));
        return folds.length > 0 ? folds.map((fold) => `${name}/${fold}`) : [name];
      }),
    );
    return all.flat();
  }

  async curves(names: readonly string[]): Promise<Readonly<Record<string, Curves>>> {
    const found = await Promise.all(
      names.map(async (name) => {
        await inside(this.#folder, name);
        return [name, await this.#reader.curves(this.#folder, name)] as const;
      }),
    );
    return Object.fromEntries(found.filter((one): one is [string, Curves] => one[1] !== undefined));
  }

  watch(changed: (change: RunsChange) => void): () => void {
    this.#watchers.add(changed);
    if (this.#timer === undefined) {
      this.#told = undefined;
      this.#lookAgain(0);
    }
    return () => {
      this.#watchers.delete(changed);
      if (this.#watchers.size > 0) return;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  #lookAgain(after: number): void {
    this.#timer = setTimeout(async () => {
      // What cannot be listed now is listed the next time.
      const runs = await this.list().catch(() => undefined);
      if (runs !== undefined) this.#tell(runs);
      if (this.#watchers.size > 0) this.#lookAgain(INTERVAL);
      else this.#timer = undefined;
    }, after).unref();
  }

  #tell(runs: readonly RunSummary[]): void {
    const now = new Map(runs.map((run) => [run.name, JSON.stringify(run)]));
    const before = this.#told;
    this.#told = now;
    if (before === undefined) return;
    const changed = runs.filter(({ name }) => before.get(name) !== now.get(name));
    const gone = [...before.keys()].filter((name) => !now.has(name));
    if (changed.length + gone.length === 0) return;
    for (const watcher of this.#watchers) watcher({ changed, gone });
  }

  /** Where a run lies that may be moved. */
  async #movable(name: string): Promise<string> {
    const path = await inside(this.#folder, name);
    const run = await this.#reader.summary(this.#folder, name);
    if (run === undefined) throw new Problem(404, `${name} is no run`, "look at the list of runs");
    if (run.state === "running") {
      throw new Problem(409, `${name} is being trained`, "end the training first, with Ctrl-C where it was started");
    }
    return path;
  }

  async rename(name: string, to: string): Promise<void> {
    if (!isName(to)) {
      const fix = "leave out / \\ : and a dot at its beginning, and take at most 200 letters";
      throw new Problem(400, `"${to}" cannot be the name of a folder`, fix);
    }
    const path = await this.#movable(name);
    const target = join(dirname(path), to);
    if (target === path) return;
    if (await exists(target)) throw new Problem(409, `there is a "${to}" already`, "choose another name");
    await rename(path, target);
    const pinned = await this.#pinned();
    const whole = [...name.split("/").slice(0, -1), to].join("/");
    if (pinned.delete(name)) await this.#keepPinned(pinned.add(whole));
  }

  async pin(name: string, pinned: boolean): Promise<void> {
    await inside(this.#folder, name);
    const all = await this.#pinned();
    if (pinned) all.add(name);
    else all.delete(name);
    await this.#keepPinned(all);
  }

  async discard(name: string): Promise<Discarded> {
    return await this.#trash.put(await this.#movable(name), name);
  }

  restore(id: string): Promise<void> {
    return this.#trash.restore(id);
  }

  trash(): Promise<readonly Discarded[]> {
    return this.#trash.list();
  }

  emptyTrash(): Promise<void> {
    return this.#trash.empty();
  }

  async #pinned(): Promise<Set<string>> {
    const text = await readFile(join(this.#folder, ".studio.json"), "utf8").catch(() => "{}");
    try {
      return new Set(notes.parse(JSON.parse(text)).pinned);
    } catch {
      return new Set();
    }
  }

  async #keepPinned(pinned: ReadonlySet<string>): Promise<void> {
    const path = join(this.#folder, ".studio.json");
    await writeFile(`${path}.part`, `${JSON.stringify({ pinned: [...pinned].sort() })}\n`);
    await rename(`${path}.part`, path);
  }
}
