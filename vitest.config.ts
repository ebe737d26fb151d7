import { defineConfig } from "vitest/config";

// Tests leave nothing in the user's folders; those of the cache name one of their own.
process.env.ARGMIN_CACHE = "none";
// A report takes a second of each of hundreds of trainings; the tests that look at one ask for it.
process.env.ARGMIN_REPORT = "none";

/** These hold times, or memory that a kernel takes back under load, against a promise, so nothing runs beside them. */
const measured = ["event-loop", "quickstart", "bars"].map((name) => `test/e2e/${name}.test.ts`);

/** These read the sources and need no build, but take many seconds: what is quick is to stay quick. */
const heavy = [
  "src/check/near-pairs.test.ts",
  "src/gradcheck/networks.test.ts",
  "src/train/{continuation,buffers,learning-rate-range}.test.ts",
  "test/conformance/{optimizers,solvers}.test.ts",
  "test/gradient-of-gradient.test.ts",
];

/**
 * Four projects: `fast` and `files` read the sources directly and need no build; `slow` and `alone` start the built command,
 * workers and browsers, `slow` two at a time: half of a short command is its start, which keeps one core busy.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "fast",
          include: [
            "src/**/*.test.ts",
            "test/*.test.ts",
            "test/conformance/*.test.ts",
            "test/parity/*.test.ts",
            "studio/src/**/*.test.ts",
          ],
          exclude: ["src/*/node/**", ...heavy],
          // Nothing here leaves traces behind, so files share a process; unless told, Vitest keeps one of two cores for itself.
          // 2,776 tests: 36 s on one core, 25 on two, 16 on two without isolation.
          isolate: false,
          maxWorkers: 2,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "files",
          // These put something else in place of the file system, or read what the picture decoder says of bad files, which
          // remembers the last thing that it said.
          include: ["src/*/node/**/*.test.ts"],
          exclude: ["src/check/**", "src/data/node/stored-pixels.test.ts"],
          maxWorkers: 2,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "slow",
          // A check of a whole data set, and a cache, take seconds, though they need no build.
          include: ["test/e2e/*.test.ts", "src/check/node/*.test.ts", "src/data/node/stored-pixels.test.ts", ...heavy],
          exclude: measured,
          // Two at a time share the cores.
          env: { ARGMIN_SPINNING: "0" },
          globalSetup: ["test/e2e/build.ts"],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "alone",
          include: measured,
          globalSetup: ["test/e2e/build.ts"],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
