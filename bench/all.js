/**
 * Everything at once: the tables of docs/benchmarks.md.
 *
 *   npm run bench                  progress as JSON lines, then the tables
 *   npm run bench -- --write       and puts them into docs/benchmarks.md
 *   npm run bench -- cnn mlp       these models alone
 *
 * Peers are asked where they are: PyTorch where /usr/bin/python3 has it, those in JavaScript after `npm ci` in bench/peers.
 * The programs run in turn, A B A B …; what is told is the median of the ratios, since a busy machine is busy for all.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { peak } from "./peak.js";
import { randomStepper, recipeOf, shapes } from "./step.js";
import { argmin, hasShared, hasTorch, jsonLines, median, root, shared, torchLines } from "./support.js";

const args = process.argv.slice(2);
const asked = args.filter((arg) => !arg.startsWith("--"));
const names = asked.length > 0 ? asked : Object.keys(shapes);
const tell = (line) => console.log(JSON.stringify(line));
const last = (values) => values.at(-1);

const torch = hasShared && hasTorch() ? join(shared, "peers", "torch_step.py") : undefined;
const inTorch = ["linear", "mlp", "cnn", "resnet20", "mlp100m"];
const inJavaScript = ["linear", "mlp", "cnn", "mlp100m"];
const scripts = { "jax-js": "jax.js", "TensorFlow.js": "tfjs.js" };
const PATIENCE_MS = 120_000;
/** A peer whose step takes longer than this is asked once: the ratio is a hundred, whatever the machine is doing. */
const SLOW_MS = 1000;

/** A peer in JavaScript on one model. */
function scripted(file, name) {
  const program = join(root, "bench", "peers", file);
  const { stdout } = spawnSync(process.execPath, [program, name], { encoding: "utf8", timeout: PATIENCE_MS });
  const lines = stdout.trim();
  return lines === ""
    ? { failed: `no step within ${PATIENCE_MS / 60_000} minutes` }
    : JSON.parse(last(lines.split("\n")));
}

/** Floating-point operations of one step that no lowering leaves out: those of the products, forward and backward. */
async function operationsOf(name) {
  const [{ network }, { topological }, { sizeOf }] = await Promise.all(
    ["train", "ir", "core"].map((room) => import(`../dist/${room}/index.js`)),
  );
  const summed = { matmul: ([a]) => last(a.shape), conv2d: ([, w]) => sizeOf(w.shape.slice(1)) };
  const products = topological([network(await recipeOf(name), 1).scores])
    .filter(({ op }) => op.name in summed)
    .map(({ op, shape, inputs }) => sizeOf(shape) * summed[op.name](inputs));
  // Twice for the scores' gradients; but pictures need none, so the first product has one part of three less.
  return 2 * shapes[name].batch * (3 * products.reduce((sum, each) => sum + each, 0) - products[0]);
}

async function stepsOf(name) {
  const rounds = name === "mlp100m" ? 3 : 5;
  const [ours, theirs, peaks] = [[], [], []];
  const scriptedHere = inJavaScript.includes(name) && existsSync(join(root, "bench", "peers", "node_modules"));
  const scriptedLines = Object.fromEntries(scriptedHere ? Object.keys(scripts).map((peer) => [peer, []]) : []);
  const operations = await operationsOf(name);
  for (let i = 0; i < rounds; i++) {
    peaks.push(await peak(1024, 0.5));
    ours.push(last(jsonLines(process.execPath, [join(root, "bench", "step.js"), "--json", name])));
    if (torch && inTorch.includes(name)) theirs.push(last(torchLines([torch, name])));
    for (const [peer, lines] of Object.entries(scriptedLines)) {
      if (i === 0 || last(lines).median_ms < SLOW_MS) lines.push(scripted(scripts[peer], name));
    }
  }
  const middle = (values) => median(values.map((each) => each.median_ms));
  const found = {
    model: name,
    ms: middle(ours),
    imagesPerSecond: median(ours.map((each) => each.images_per_s)),
    peakMb: Math.max(...ours.map((each) => each.peak_rss_mb)),
    shareOfPeak: median(ours.map(({ median_ms }, i) => operations / (median_ms * 1e6) / peaks[i])),
    ...(theirs.length === 0
      ? {}
      : {
          torchMs: middle(theirs),
          torchRatio: median(ours.map(({ median_ms }, i) => theirs[i].median_ms / median_ms)),
          torchMb: Math.max(...theirs.map((each) => each.peak_rss_mb)),
        }),
  };
  for (const [peer, lines] of Object.entries(scriptedLines)) {
    const failed = lines.find((line) => line.failed !== undefined);
    found[peer] = failed ?? {
      ms: middle(lines),
      ratio: median(lines.map((line, i) => line.median_ms / ours[i].median_ms)),
    };
  }
  tell(found);
  return found;
}

/** How long it takes until there is anything: the help, and the plan and the sessions of a step. */
async function startOf() {
  const timed = (words) => {
    const start = performance.now();
    spawnSync(process.execPath, words, { stdio: "ignore" });
    return performance.now() - start;
  };
  const rounds = Array.from({ length: 9 }, () => [
    timed([join(root, "bin", "argmin.js"), "--help"]),
    timed(["--eval", "0"]),
  ]);
  const [helpMs, nodeMs] = [0, 1].map((i) => median(rounds.map((round) => round[i])));
  const buildMs = {};
  for (const name of names.filter((each) => each !== "mlp100m")) {
    const start = performance.now();
    await randomStepper(name);
    buildMs[name] = Math.round(performance.now() - start);
  }
  const found = { helpMs, nodeMs, buildMs };
  tell(found);
  return found;
}

/** Training pictures a second of an evaluation, and seconds of training until a validation accuracy. */
function fashion() {
  const runs = mkdtempSync(join(tmpdir(), "argmin-bench-"));
  const data = join(shared, "data", "fashion-mnist");
  try {
    return Object.entries({ mlp: 10, cnn: 10, fastnet: 5 }).map(([model, epochs]) => {
      const lines = argmin([
        "train",
        data,
        "--model",
        model,
        "--epochs",
        String(epochs),
        "--runs",
        runs,
        "--name",
        model,
        "--no-report",
      ]);
      let seconds = 0;
      const reached = {};
      for (const { validationAccuracy, seconds: took } of lines.filter(({ event }) => event === "epoch")) {
        seconds += took;
        for (const goal of [0.88, 0.9, 0.92]) if (validationAccuracy >= goal) reached[goal] ??= Math.round(seconds);
      }
      const start = performance.now();
      const { images } = last(argmin(["evaluate", join(runs, model), data]));
      const perSecond = Math.round(images / ((performance.now() - start) / 1000));
      const found = { model, epochs, reached, test: last(lines).test.accuracy, evaluatedPerSecond: perSecond };
      tell(found);
      return found;
    });
  } finally {
    rmSync(runs, { recursive: true, force: true });
  }
}

const number = (value, digits = 3) =>
  value === undefined ? "–" : Number(value.toPrecision(digits)).toLocaleString("en-US");
const row = (cells) => `| ${cells.join(" | ")} |`;
const table = (head, rows) => [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");
const against = (peer) =>
  peer === undefined ? "–" : peer.failed === undefined ? `${number(peer.ratio, 2)}×` : "cannot";

function tables(steps, start, runs, gflops) {
  const { model } = cpus()[0];
  const head = [
    "step",
    "ms",
    "pictures a second",
    "of the peak",
    "memory, MB",
    "PyTorch, ms",
    "ours against it",
    "its memory, MB",
    ...Object.keys(scripts),
  ];
  const parts = [
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${model.trim()}, ${availableParallelism()} cores, Node ${process.versions.node}; a product of 1024 × 1024 runs at ${number(gflops)} GFLOP/s.`,
    table(
      head,
      steps.map((each) => [
        ...[each.model, number(each.ms), number(each.imagesPerSecond), `${Math.round(100 * each.shareOfPeak)} %`],
        ...[number(each.peakMb, 4), number(each.torchMs)],
        ...[each.torchRatio === undefined ? "–" : `${number(each.torchRatio, 3)}×`, number(each.torchMb, 4)],
        ...Object.keys(scripts).map((peer) => against(each[peer])),
      ]),
    ),
    table(
      ["start", "ms"],
      [
        ["`argmin --help`", number(start.helpMs)],
        ["Node alone", number(start.nodeMs)],
        ...Object.entries(start.buildMs).map(([name, ms]) => [`sessions of a step: ${name}`, number(ms)]),
      ],
    ),
    ...(runs.length === 0
      ? []
      : [
          table(
            [
              "Fashion-MNIST",
              "epochs",
              "s to 88 %",
              "90 %",
              "92 %",
              "test accuracy",
              "pictures a second of `argmin evaluate`",
            ],
            runs.map(({ model, epochs, reached, test, evaluatedPerSecond }) => [
              model,
              String(epochs),
              ...[0.88, 0.9, 0.92].map((goal) => number(reached[goal])),
              `${(100 * test).toFixed(1)} %`,
              number(evaluatedPerSecond),
            ]),
          ),
        ]),
  ];
  return parts.join("\n\n");
}

const steps = [];
for (const name of names) steps.push(await stepsOf(name));
const text = tables(steps, await startOf(), hasShared && asked.length === 0 ? fashion() : [], await peak());
console.log(text);
if (args.includes("--write")) {
  const file = join(root, "docs", "benchmarks.md");
  const marks = /(<!-- measured -->\n)[\s\S]*(<!-- \/measured -->)/;
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace(marks, (_, open, close) => `${open}\n${text}\n\n${close}`),
  );
}
