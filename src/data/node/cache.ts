/**
 * The folder of the cache: where it is, what an entry is called, and what is thrown away. An entry holds the decoded and
 * resized pictures of one data set at one size (`cache-file.ts`); losing it costs time and nothing else, so it lies where
 * the system keeps such things and not beside the runs, and the pictures themselves are only ever read.
 */
import { createHash, randomBytes } from "node:crypto";
import { type BigIntStats, statSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { homedir, hostname } from "node:os";
import { isAbsolute, join } from "node:path";
import { VERSION } from "../../core/index.ts";
import { decoderVersion } from "./decode.ts";

/** Entries that nobody used for so long are removed. */
const UNUSED_DAYS = 30;
/** Beyond this the entries that were not used for longest are removed. */
const LIMIT_BYTES = 20 * 2 ** 30;
/** Used so lately, an entry may be in use. */
const IN_USE_MS = 3_600_000;
const DAY_MS = 86_400_000;

export const ENTRY = ".pixels";
const PART = ".part";

/**
 * The folder of the cache unless one is named: `ARGMIN_CACHE` (a folder, or `none`), or `argmin` in the user's own cache
 * folder: `$XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows.
 * @returns undefined for no cache
 */
export function cacheFolder(
  named?: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
): string | undefined {
  const said = named ?? environment.ARGMIN_CACHE;
  if (said === "none") return undefined;
  if (said !== undefined && said !== "") return said;
  const absolute = (path: string | undefined) => (path !== undefined && isAbsolute(path) ? path : undefined);
  if (platform === "win32") {
    return join(absolute(environment.LOCALAPPDATA) ?? join(homedir(), "AppData", "Local"), "argmin", "cache");
  }
  if (platform === "darwin") return join(homedir(), "Library", "Caches", "argmin");
  return join(absolute(environment.XDG_CACHE_HOME) ?? join(homedir(), ".cache"), "argmin");
}

/**
 * SHA-256 of all that decoded pictures follow from: the files by path, size and the times of their last changes (to the
 * nanosecond; the inode's as well, which a program cannot set back), the way in which they are brought to one size, and
 * the versions of this program and of the decoder. Contents are not read: that would take as long as many a decode.
 * @param way what brings pictures to one size, such as the bytes of a model
 */
export async function fingerprintOf(
  files: readonly string[],
  way: Uint8Array,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const hash = createHash("sha256");
  hash.update(`argmin ${VERSION}, ${decoderVersion()}\n`).update(createHash("sha256").update(way).digest());
  for (let i = 0; i < files.length; i++) {
    if (i % 1000 === 999) await new Promise<void>((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    const found = lookAt(files[i]!);
    const facts = typeof found === "string" ? found : `${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
    hash.update(`${JSON.stringify(files[i])} ${facts}\n`);
  }
  return hash.digest();
}

function lookAt(path: string): BigIntStats | string {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unknown";
  }
}

export const entryName = (fingerprint: Uint8Array) =>
  `${Buffer.from(fingerprint).toString("hex").slice(0, 40)}${ENTRY}`;

/** A name for a file that is being written, which says by whom: what a dead process left can be told from what is going on. */
export const partName = () =>
  `${encodeURIComponent(hostname())}~${process.pid}~${randomBytes(6).toString("hex")}${PART}`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether nobody writes a part any more: its process is gone, or, on another machine, it was not touched for a day. */
function isLeft(name: string, modified: number, now: number): boolean {
  const [host, pid] = name.split("~");
  const here = host === encodeURIComponent(hostname());
  return here ? !isAlive(Number(pid)) : now - modified > DAY_MS;
}

export interface SweepLimits {
  readonly unusedDays?: number;
  readonly bytes?: number;
  readonly now?: number;
}

/**
 * Removes what dead processes left, entries unused for 30 days, and beyond 20 GiB the ones unused for longest; an entry used
 * within the hour stays. Only files of the cache's own names are touched, and errors are passed over: another process may
 * be doing the same.
 */
export async function sweepCache(folder: string, limits: SweepLimits = {}): Promise<void> {
  const { unusedDays = UNUSED_DAYS, bytes = LIMIT_BYTES, now = Date.now() } = limits;
  const remove = (name: string) => rm(join(folder, name), { force: true }).catch(() => {});
  const entries: { name: string; size: number; used: number }[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const isPart = /^[^~]+~\d+~[0-9a-f]{12}\.part$/.test(name);
    if (!isPart && !/^[0-9a-f]{40}\.pixels$/.test(name)) continue;
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found === undefined) continue;
    // The time of the last use is set as that of the last change: not every disk keeps times of reading.
    if (!isPart) entries.push({ name, size: found.size, used: found.mtimeMs });
    else if (isLeft(name, found.mtimeMs, now)) await remove(name);
  }
  entries.sort((a, b) => a.used - b.used);
  let total = entries.reduce((sum, { size }) => sum + size, 0);
  for (const { name, size, used } of entries) {
    if (now - used <= IN_USE_MS) break;
    if (now - used <= unusedDays * DAY_MS && total <= bytes) break;
    await remove(name);
    total -= size;
  }
}

/** What a cache holds. */
export interface CacheFacts {
  readonly entries: number;
  readonly bytes: number;
}

/** The data sets that a folder keeps decoded. */
export async function cacheFacts(folder: string): Promise<CacheFacts> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(ENTRY));
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return { entries: names.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
