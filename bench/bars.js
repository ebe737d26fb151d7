/**
 * Measures every figure that the project promises, one JSON line each: {"bar", "value", "target", "ok", …}.
 *
 *   npm run bars                 all of them at full size (most of an hour on two cores)
 *   npm run bars -- accuracy     those whose name contains a word
 *   npm run bars -- --short      the same code, shortened, with lower targets: what the tests run
 *
 * Accuracies and parities do not depend on the machine; bars of kind "time" do, and want it idle.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataBars } from "./bars-of-data.js";
import { runBars } from "./bars-of-runs.js";
import { tuneBars } from "./bars-of-tune.js";
import { argmin, atLeast, atMost, hasShared, hasTorch, jsonLines, root, shared, suite } from "./support.js";

const words = process.argv.slice(2).filter((arg) => !arg.startsWith("--"));
const short = process.argv.includes("--short");
const runs = mkdtempSync(join(tmpdir(), "argmin-bars-"));

/** The `done` line of a training run. */
const train = (...args) => argmin(["train", ...args, "--runs", runs]).at(-1);
const fashion = join(shared, "data", "fashion-mnist");
const signs = join(shared, "data", "sign-digits", "images");
const accuracyOf = (...args) => train(...args).test.accuracy;
/** Full size, or the number for the shortened run. */
const size = (full, shortened) => (short ? shortened : full);

/** Optimizers that get far in few epochs: Muon; and Adam whose rate rises and falls, with what the pictures are changed by to come next. */
const muon = ["--optimizer", "muon", "--batch-size", "64", "--augment"];
const brisk = ["--learning-rate", "0.005", "--schedule", "one-cycle", "--batch-size", "128", "--augment"];
/** The last line of a training by each kind of model, once for all bars that look at it. */
const trained = new Map();
function trainOnce(model, epochs) {
  const key = `${model} ${epochs}`;
  if (!trained.has(key)) trained.set(key, train(fashion, "--model", model, "--epochs", String(epochs)));
  return trained.get(key);
}

/** @type {{name: string, kind?: "time", needs?: "shared" | "torch", long?: boolean, run: () => object | Promise<object>}[]} */
const bars = [
  {
    name: "quickstart accuracy",
    long: true,
    run: () => {
      const { test, seconds } = argmin(["quickstart", "--runs", runs]).at(-1);
      return { value: test.accuracy, ...atLeast(0.97)(test.accuracy), trainingSeconds: seconds };
    },
  },
  ...[
    ["linear", size(10, 2), size(0.84, 0.82)],
    ["mlp", size(10, 1), size(0.885, 0.83)],
    ["cnn", 3, 0.905],
  ].map(([model, epochs, target]) => ({
    name: `fashion-mnist ${model} accuracy`,
    needs: "shared",
    long: model === "cnn",
    run: () => {
      const { test, seconds } = trainOnce(model, epochs);
      return { value: test.accuracy, ...atLeast(target)(test.accuracy), epochs, trainingSeconds: seconds };
    },
  })),
  ...["hinge", "squared-hinge"].map((loss) => ({
    name: `fashion-mnist linear ${loss} against cross-entropy`,
    needs: "shared",
    run: () => {
      const epochs = size(10, 2);
      const ours = accuracyOf(fashion, "--model", "linear", "--epochs", String(epochs), "--loss", loss);
      const reference = trainOnce("linear", epochs).test.accuracy;
      return { value: ours - reference, ...atLeast(size(-0.01, -0.03))(ours - reference), accuracy: ours, reference };
    },
  })),
  {
    name: "sign-digits cnn accuracy",
    needs: "shared",
    long: true,
    run: () => {
      const { test, seconds } = train(signs, "--model", "cnn", "--size", "64");
      return { value: test.accuracy, ...atLeast(0.92)(test.accuracy), trainingSeconds: seconds };
    },
  },
  // Within half an hour on two cores; the first with 92,828 parameters.
  ...[
    [
      "fashion-mnist fastnet of width 22",
      0.925,
      [fashion, "--model", "fastnet:width=22", ...brisk, "light,flip", "--epochs", "20"],
    ],
    [
      "fashion-mnist fastnet",
      0.935,
      [fashion, ...muon, "flip,shift:share=0.08,erasing:probability=0.4,most=0.2", "--epochs", "31"],
    ],
    ["sign-digits fastnet", 0.97, [signs, "--size", "64", "--augment", "standard", "--epochs", "20"]],
  ].map(([name, target, args]) => ({
    name: `${name} accuracy`,
    needs: "shared",
    long: true,
    run: () => {
      const { test, seconds } = train(...args);
      const ok = test.accuracy >= target && seconds <= 1800;
      return { value: test.accuracy, target: `≥ ${target} in 1,800 s`, ok, trainingSeconds: seconds };
    },
  })),
  {
    name: "builtin:shapes separates the models",
    long: true,
    run: () => {
      const [linear, mlp, cnn] = ["linear", "mlp", "cnn"].map((model) =>
        accuracyOf("builtin:shapes", "--model", model),
      );
      const ok = mlp >= linear + 0.1 && cnn >= mlp + 0.05;
      return { value: [linear, mlp, cnn], target: "mlp ≥ linear + 0.10, cnn ≥ mlp + 0.05", ok };
    },
  },
  ...[
    ["linear", 1.3],
    ["mlp", 1],
    ["cnn", 1.2],
    ["resnet20", 1.1],
    ["mlp100m", 1],
  ].map(([model, target]) => ({
    name: `step of ${model}, times PyTorch's speed`,
    kind: "time",
    needs: "torch",
    long: model === "mlp100m" || model === "resnet20",
    run: async () => {
      const { compareWithTorch } = await import("./step.js");
      const { ratio, ...rest } = compareWithTorch(model, size(model === "mlp100m" ? 3 : 7, 1));
      const limited =
        model === "mlp100m" ? { target: `≥ ${target}, memory ≤ 1.5`, ok: ratio >= target && rest.memory <= 1.5 } : {};
      return { value: ratio, ...atLeast(target)(ratio), ...limited, ...rest };
    },
  })),
  {
    name: "memory growth over linear steps",
    run: () => {
      const [result] = jsonLines(process.execPath, [join(root, "bench", "memory.js"), String(size(20_000, 3_000))]);
      return { value: result.growth, ...atMost(0.05)(result.growth), ...result };
    },
  },
  {
    // A test of its own looks at it as well.
    name: "event loop's longest delay while training, ms",
    kind: "time",
    long: true,
    run: () => {
      const [result] = jsonLines(process.execPath, [join(root, "bench", "event-loop.js")]);
      return { value: result.longestMs, ...atMost(50)(result.longestMs), ...result };
    },
  },
  ...[
    ["PyTorch's numbers and negated backward rules", ["test/parity", "test/conformance/mutation.test.ts"]],
    ["exact optima of convex problems", ["test/conformance/solvers.test.ts"]],
    [
      "optimizers solve the parabola and Rosenbrock, and rebuild nothing",
      ["test/conformance/optimizers.test.ts", "test/conformance/no-rebuild.test.ts"],
    ],
    ["worked examples of the course", ["test/worked-examples.test.ts"]],
  ].map(([name, files]) => ({ name, long: true, needs: "shared", run: () => suite(files) })),
  {
    name: "gradcheck of every unit and every model with every loss",
    long: true,
    run: () => {
      const { wrong, ok: right, ...rest } = argmin(["gradcheck", "--all"]).at(-1);
      return { value: wrong, target: "0 wrong", ok: wrong === 0, right, ...rest };
    },
  },
  ...[
    ["lbfgs against scikit-learn, CPU seconds", "lbfgs", "time"],
    ["dual-coordinate against LIBLINEAR, seconds", "dual-coordinate", "time"],
    ["closed form, seconds", "closed-form", "time"],
    ["best linear classifier, test accuracy", "best", undefined],
  ].map(([name, row, kind]) => ({
    name: `convex: ${name}`,
    ...(kind ? { kind } : {}),
    long: true,
    needs: "shared",
    run: async () => {
      const { measure } = await import("./convex.js");
      const found = await measure(row, 3);
      if (found === undefined) return { value: null, target: "the peer is not installed", ok: true };
      const { value, target, ...rest } = found;
      return { value, ...(row === "best" ? atLeast : atMost)(target)(value), ...rest };
    },
  })),
  ...["cnn", "resnet20"].flatMap((model) =>
    ["wasm", "page wasm", "page webgpu"].map((device) => ({
      name: `${model} on ${device}: loss of ten steps, from the native run's states`,
      long: true,
      run: async () => {
        const { compareDevices, jobOf } = await import("./devices.js");
        const [{ accuracy, found }] = await compareDevices([jobOf(model, device)], [device]);
        const [{ loss, norm, ...rest }] = found;
        const near = accuracy === undefined || Math.abs(rest.accuracy - accuracy) <= 0.02;
        const target = `≤ 1e-4, norm ≤ 1e-3${accuracy === undefined ? "" : ", accuracy after 200 steps within 0.02"}`;
        return { value: loss, target, ok: loss <= 1e-4 && norm <= 1e-3 && near, norm, ...rest, native: accuracy };
      },
    })),
  ),
  {
    name: "units on wasm and webgpu: values and gradients beside native, forward and backward",
    long: true,
    run: async () => {
      const { LARGEST, surveyUnits } = await import("./device-units.js");
      const { rows, steps } = await surveyUnits();
      const value = Math.max(...rows.flatMap(({ wasm, webgpu }) => [wasm, webgpu]));
      const refused = [...rows, ...steps]
        .filter(({ errors }) => errors.length > 0)
        .map(({ unit, name }) => unit ?? name);
      const elsewhere = steps.filter(({ processor }) => processor.length > 0).map(({ name }) => name);
      const ok = value <= LARGEST && refused.length === 0 && elsewhere.length === 0;
      const target = `≤ ${LARGEST}, none refused, no step leaves the card`;
      return { value, target, ok, units: rows.length, steps: steps.length, refused, elsewhere };
    },
  },
  ...dataBars,
  ...runBars(train),
  ...tuneBars,
];

let failures = 0;
try {
  for (const bar of bars) {
    if (!words.every((word) => bar.name.includes(word)) || (short && bar.long)) continue;
    if (bar.needs && !hasShared) {
      console.log(JSON.stringify({ bar: bar.name, skipped: "the folder ../shared is not here" }));
      continue;
    }
    if (bar.needs === "torch" && !hasTorch()) {
      console.log(JSON.stringify({ bar: bar.name, skipped: "/usr/bin/python3 has no PyTorch" }));
      continue;
    }
    const start = performance.now();
    const { value, target, ok, ...rest } = await bar.run();
    const seconds = Number(((performance.now() - start) / 1000).toFixed(1));
    const kind = bar.kind === undefined ? {} : { kind: bar.kind };
    console.log(JSON.stringify({ bar: bar.name, ...kind, value, target, ok, ...rest, took: seconds }));
    if (!ok) failures++;
  }
} finally {
  rmSync(runs, { recursive: true, force: true });
}
process.exitCode = failures > 0 ? 1 : 0;
