/** What is promised of runs: that they survive, take no more memory, and ship what they measured. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { argmin, atLeast, atMost, jsonLines, root, shared, suite } from "./support.js";

const script = (name, ...args) => jsonLines(process.execPath, [join(root, "bench", name), ...args.map(String)]).at(-1);
const fashion = join(shared, "data", "fashion-mnist");

/** @param train runs `argmin train` and gives its last line */
export function runBars(train) {
  /** One cnn of one epoch for all that is asked about a shipped model. */
  let shipped;
  const cnn = () => {
    shipped ??= train(fashion, "--model", "cnn", "--epochs", "1", "--name", "shipped");
    return shipped;
  };
  return [
    {
      name: "run: 50 runs killed at random moments and resumed",
      long: true,
      run: () =>
        suite(["test/e2e/resume.test.ts"], {
          ...{ project: "slow", named: "killed at random moments", env: { ARGMIN_KILLED_RUNS: "50" } },
        }),
    },
    {
      name: "run: a disk that fills up during a checkpoint",
      long: true,
      run: () => suite(["test/e2e/resume.test.ts"], { project: "slow", named: "disk that is full" }),
    },
    {
      name: "studio: the cnn trained in a page on WebAssembly, 95 % of builtin:shapes in two epochs",
      long: true,
      run: () =>
        suite(["test/e2e/studio-train.test.ts"], {
          ...{ project: "slow", named: "learns the built-in shapes", env: { ARGMIN_PAGE_EPOCHS: "2" } },
        }),
    },
    ...[
      ["linear", 100_000],
      ["cnn", 2_000],
    ].map(([model, steps]) => ({
      name: `run: memory over ${steps.toLocaleString("en-US")} steps of ${model}, and the event loop`,
      long: true,
      run: () => {
        const { growth, p99Ms, ...rest } = script("long-run.js", model, steps);
        return {
          value: [growth, p99Ms],
          target: "growth ≤ 0.05, p99 < 20 ms",
          ok: growth <= 0.05 && p99Ms < 20,
          ...rest,
        };
      },
    })),
    {
      name: "run: 1,000 pictures alike in the run, native, Wasm and Chromium",
      long: true,
      needs: "shared",
      run: () => {
        const { run } = cnn();
        const { runtimes, pictures } = argmin(["export", run, "--pictures", "1000"]).at(-1);
        const page = script("browser.js", run, fashion, 1000);
        const largest = Math.max(...runtimes.map((one) => one.largest), page.native, page.wasm);
        const otherLabels = runtimes.reduce((sum, one) => sum + one.otherLabels, page.otherLabels);
        const rest = { otherLabels, pictures: [pictures, page.pictures] };
        return { value: largest, ...atMost(1e-5)(largest), ok: largest <= 1e-5 && otherLabels === 0, ...rest };
      },
    },
    {
      name: "run: int8, bytes of the weights and points of accuracy lost",
      long: true,
      needs: "shared",
      run: () => {
        const { int8 } = argmin(["export", cnn().run, "--quantize", "int8"]).at(-1);
        const share = int8.weightBytes.after / int8.weightBytes.before;
        const { before, after } = int8.accuracy.test;
        const lost = 100 * (before - after);
        return { value: [share, lost], target: "≤ 0.3, ≤ 1", ok: share <= 0.3 && lost <= 1, before, after };
      },
    },
    {
      name: "run: report.html of 10,000 test pictures, MB",
      long: true,
      needs: "shared",
      run: () => {
        const megabytes = statSync(join(cnn().run, "report.html")).size / 1e6;
        return { value: megabytes, ...atMost(5)(megabytes) };
      },
    },
    {
      name: "run: serve under load of 32 connections for 30 s, errors",
      long: true,
      run: () => {
        const { alone, beside, exitCode, ...rest } = script("serve.js", 30);
        const counts = [alone, beside].flatMap(({ errors }) => Object.values(errors));
        const errors = counts.reduce((sum, count) => sum + count, 0);
        const answered = alone.answers > 0 && beside.answers > 0;
        const ok = errors === 0 && answered && exitCode === 0;
        return { value: errors, target: "≤ 0, and the server ends by itself", ok, alone, beside, exitCode, ...rest };
      },
    },
    ...["more than 300 million parameters", "the way of 300 million parameters, for a small network"].map(
      (what, i) => ({
        name: `run: ${what}, interrupted and resumed: external data`,
        long: i === 0,
        run: () => {
          const { same, interrupted, runtimes, dataBytes, parameters, ...rest } = script(
            "large.js",
            ...(i === 0 ? [] : ["--short"]),
          );
          const largest = Math.max(...runtimes.map((one) => one.largest));
          const ok = same && interrupted && largest <= 1e-5 && dataBytes >= 4 * 0.99 * parameters;
          return {
            value: largest,
            target: "≤ 1e-5, resumed bit for bit",
            ok,
            same,
            interrupted,
            runtimes,
            dataBytes,
            parameters,
            ...rest,
          };
        },
      }),
    ),
    ...[
      ["200 runs of 100 epochs", "studio.js"],
      ["a study of 2,000 trials", "studio-study.js"],
    ].map(([what, file]) => ({
      name: `studio: ${what}, ms until the first page and of the slowest act`,
      kind: "time",
      long: true,
      run: () => {
        const { first, slowest, ...rest } = script(file);
        return { value: [first, slowest], target: "< 1000, < 100", ok: first < 1000 && slowest < 100, ...rest };
      },
    })),
    {
      name: "run: more accurate than the linear baseline, points",
      long: true,
      needs: "shared",
      run: () => {
        const gain = 100 * cnn().baseline.gain;
        return { value: gain, ...atLeast(5)(gain) };
      },
    },
  ];
}
