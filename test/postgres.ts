/**
 * A PostgreSQL of its own for a test: in a temporary folder, on a free port of this machine, gone afterwards. It is really there:
 * where none is installed, it is installed if that can be done, and under CI its absence is a failure, never a skipped test.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { installation, installOnDebian } from "../bench/debian.js";

const USER = "argmin";
export const PASSWORD = "opensesame";

export interface Postgres {
  /** With user and password; `postgres://…/postgres` unless another database is asked for. */
  url(database?: string): string;
  readonly port: number;
  /** Ends it as an administrator would, or as a crash does, and starts it again after so many milliseconds. */
  restart(how?: "fast" | "crash", downMs?: number): Promise<void>;
  /** Ends it; `start` makes it come back with its data. */
  halt(how?: "fast" | "crash"): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

const serves = (folder: string) => ["initdb", "postgres"].every((name) => existsSync(join(folder, name)));

/** The folder of the newest server that is installed. */
function installed(): string | undefined {
  const home = "/usr/lib/postgresql";
  const versions = existsSync(home) ? readdirSync(home).sort((a, b) => Number(b) - Number(a)) : [];
  const debian = versions.map((version) => join(home, version, "bin")).find(serves);
  if (debian !== undefined) return debian;
  const initdb = (process.env.PATH ?? "").split(delimiter).find((folder) => existsSync(join(folder, "initdb")));
  const folder = initdb && dirname(realpathSync(join(initdb, "initdb")));
  return folder !== undefined && serves(folder) ? folder : undefined;
}

const isRoot = process.getuid?.() === 0;

/**
 * Why there is no PostgreSQL to test with; undefined where there is one.
 * @throws Error under CI where there is none
 */
export function whyNoPostgres(): string | undefined {
  if (installed() !== undefined) return undefined;
  installOnDebian("postgresql");
  if (installed() !== undefined) return undefined;
  const command = installation("postgresql");
  const why = `no initdb and postgres in /usr/lib/postgresql/*/bin or PATH; install them: ${command}`;
  if (process.env.CI) throw new Error(`PostgreSQL cannot be tested with: ${why}`);
  return why;
}

/** `initdb` and `postgres` refuse root, who lends them another user. */
function lent(): { uid: number; gid: number } | undefined {
  if (!isRoot) return undefined;
  for (const user of ["postgres", "nobody"]) {
    const [uid, gid] = ["-u", "-g"].map((which) => spawnSync("id", [which, user], { encoding: "utf8" }));
    if (uid.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error("PostgreSQL does not run as root, and there is no user postgres or nobody");
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

export async function startPostgres(): Promise<Postgres> {
  const bin = installed();
  if (bin === undefined) throw new Error(`PostgreSQL is missing; install it: ${installation("postgresql")}`);
  const owner = lent();
  const folder = mkdtempSync(join(tmpdir(), "argmin-postgres-"));
  const data = join(folder, "data");
  const secret = join(folder, "password");
  writeFileSync(secret, PASSWORD);
  if (owner !== undefined) for (const path of [folder, secret]) chownSync(path, owner.uid, owner.gid);

  const env = { ...process.env, LC_ALL: "C" };
  const made = spawnSync(
    join(bin, "initdb"),
    ["-D", data, "-U", USER, "-A", "scram-sha-256", `--pwfile=${secret}`, "-E", "UTF8", "--no-locale", "--no-sync"],
    { ...owner, env, cwd: folder, encoding: "utf8" },
  );
  if (made.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`initdb failed: ${made.error ?? made.stderr}`);
  }

  const port = await freePort();
  let server: ChildProcess | undefined;

  const start = () =>
    new Promise<void>((resolve, reject) => {
      // Without fsync a crash of the machine loses data; none is tested here, and it is several times as fast.
      const settings = ["fsync=off", "unix_socket_directories=", "max_connections=60", "shared_buffers=16MB"];
      const args = ["-D", data, "-h", "127.0.0.1", "-p", String(port), ...settings.flatMap((one) => ["-c", one])];
      const child = spawn(join(bin, "postgres"), args, {
        ...owner,
        env,
        cwd: folder,
        stdio: ["ignore", "ignore", "pipe"],
      });
      let log = "";
      server = child;
      child.stderr.on("data", (text) => {
        log = (log + text).slice(-10_000);
        if (log.includes("ready to accept connections")) resolve();
      });
      child.once("error", reject);
      child.once("exit", (code) => {
        if (server === child) server = undefined;
        reject(new Error(`postgres ended with ${code}:\n${log}`));
      });
    });

  const halt = (how: "fast" | "crash" = "fast") =>
    new Promise<void>((resolve) => {
      if (server === undefined) return resolve();
      server.once("exit", () => resolve());
      server.kill(how === "fast" ? "SIGINT" : "SIGQUIT");
    });

  const remove = () => rmSync(folder, { recursive: true, force: true });
  const atExit = () => {
    server?.kill("SIGQUIT");
    remove();
  };
  process.once("exit", atExit);
  const stop = async () => {
    process.off("exit", atExit);
    await halt();
    remove();
  };
  await start().catch(async (error) => {
    await stop();
    throw error;
  });

  return {
    url: (database = "postgres") => `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/${database}`,
    port,
    restart: async (how, downMs = 0) => {
      await halt(how);
      await new Promise((resolve) => setTimeout(resolve, downMs));
      await start();
    },
    halt,
    start,
    stop,
  };
}
