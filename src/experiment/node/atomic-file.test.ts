import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { UsageError } from "../../core/index.ts";
import { explainWrite, writeAtomic } from "./atomic-file.ts";

/** The next calls of `writeFile` and `sync` on an opened file fail with this code, as they do on a full disk. */
let failure: { readonly method: "writeFile" | "sync"; readonly after: number; readonly code: string } | undefined;

vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  return {
    ...real,
    open: async (...args: Parameters<typeof real.open>) => {
      const file = await real.open(...args);
      if (failure === undefined) return file;
      const { method, after, code } = failure;
      let calls = 0;
      const own = file[method].bind(file) as (...inner: unknown[]) => Promise<void>;
      file[method] = async (...inner: unknown[]) => {
        if (calls++ < after) return await own(...inner);
        throw Object.assign(new Error(`${code}: no space left on device, write`), { code });
      };
      return file;
    },
  };
});

let folder: string;
beforeEach(async () => {
  failure = undefined;
  folder = await mkdtemp(join(tmpdir(), "argmin-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const caught = (promise: Promise<void>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("writeAtomic", () => {
  test("writes text, bytes, and bytes in pieces", async () => {
    const path = join(folder, "file");
    await writeAtomic(path, "old");
    await writeAtomic(path, Uint8Array.of(1, 2));
    await writeAtomic(path, [Uint8Array.of(1), Uint8Array.of(2, 3)]);
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
    expect(await readdir(folder)).toEqual(["file"]);
  });

  test.each([
    ["at the first byte", "writeFile", 0, "ENOSPC"],
    ["between two pieces", "writeFile", 1, "ENOSPC"],
    ["when the bytes are flushed", "sync", 0, "ENOSPC"],
    ["by a quota", "writeFile", 0, "EDQUOT"],
  ] as const)(
    "a disk that is full %s keeps the old file, whole, and says how to mend it",
    async (_, method, after, code) => {
      const path = join(folder, "last.safetensors");
      await writeAtomic(path, "the old checkpoint");
      failure = { method, after, code };
      const error = await caught(writeAtomic(path, [Uint8Array.of(1), Uint8Array.of(2)]));
      expect(error).toBeInstanceOf(UsageError);
      expect(error).toMatchObject({ where: path, what: `the disk is full (${code})`, exitCode: 1 });
      expect((error as UsageError).fix).toContain("--runs");
      expect(await readFile(path, "utf8")).toBe("the old checkpoint");
      expect(await readdir(folder)).toEqual(["last.safetensors"]);
    },
  );

  test("a folder that is not there is named", async () => {
    const path = join(folder, "gone", "file");
    expect(await caught(writeAtomic(path, "x"))).toMatchObject({ where: path, fix: "look at the path" });
  });
});

test("explainWrite leaves an error that is none of the file system's", () => {
  const error = new TypeError("ours");
  expect(explainWrite("file", error)).toBe(error);
});

test("a folder that may not be written to is named with its mend", () => {
  const error = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
  expect(explainWrite("runs/x", error)).toMatchObject({
    where: "runs/x",
    what: "cannot be written (EACCES)",
    fix: "choose a folder that you may write to with --runs",
  });
});
