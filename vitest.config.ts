import { defineConfig } from "vitest/config";

// Tests leave nothing in the user's folders; those of the cache name one of their own.
process.env.ARGMIN_CACHE = "none";
// A report takes a second of each of hundreds of trainings; the tests that look at one ask for it.
process.env.ARGMIN_REPORT = "none";

/** These hold times, or memory that a kernel takes back under load, against a promise, so nothing runs beside them. */
const measured = ["event-loop", "quickstart", "bars"].map((name) => `test/e2e/${name}.test.ts`);

/**
 * These read the sources and need no build, but take a second or many: what is quick is to stay quick. The picture decoder,
 * besides, remembers the last thing that it said of a bad file.
 */
const slowFiles = [
  "src/check/node/*.test.ts",
  "src/check/{near-pairs,sketch}.test.ts",
  "src/data/shapes.test.ts",
  "src/data/node/{decode,idx,stored-pixels}.test.ts",
  "src/experiment/tune/search-space.test.ts",
  "src/gradcheck/networks.test.ts",
  "src/experiment/node/inspect/corrections.test.ts",
  "src/studio/node/folder-runs.test.ts",
  "src/train/{augmented,continuation,buffers,learning-rate-range,stepper,trainer}.test.ts",
  "src/tune/importance.test.ts",
  "src/tune/samplers/{gp,samplers}.test.ts",
  "test/conformance/{grown,losses,mutation,native-networks,optimizers,solvers}.test.ts",
  "studio/src/lab/lessons/index.test.ts",
  "test/{gradient-of-gradient,worked-examples}.test.ts",
];

/** These put something else in place of the file system. */
const mocking = ["src/experiment/node/atomic-file.test.ts"];

/**
 * Four projects: `fast` and `files` read the sources directly and need no build; `slow` and `alone` start the built command,
 * workers and browsers, `slow` two at a time: half of a short command is its start, which keeps one core busy.
 */
export default defineConfig({
  test: {
    // Sources that have not changed since the run before need no transformation: 17 instead of 20 s for the fast part.
    experimental: { fsModuleCache: true },
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
          exclude: [...slowFiles, ...mocking],
          // Nothing here leaves traces behind, so files share a process; unless told, Vitest keeps one of two cores for itself.
          // Half of the time is spent on reading the sources: with isolation it would be most of it.
          isolate: false,
          maxWorkers: 2,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "files",
          include: mocking,
          maxWorkers: 2,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "slow",
          include: ["test/e2e/*.test.ts", ...slowFiles],
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
