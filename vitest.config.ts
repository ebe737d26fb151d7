import { defineConfig } from "vitest/config";

/**
 * Two projects: `fast` reads the sources directly and needs no build; `slow` starts the built command, workers and
 * browsers, so its files run one after the other on the two cores they share.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "fast",
          include: ["src/**/*.test.ts", "test/*.test.ts", "test/conformance/*.test.ts", "test/parity/*.test.ts"],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "slow",
          include: ["test/e2e/*.test.ts"],
          globalSetup: ["test/e2e/build.ts"],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
