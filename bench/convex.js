/**
 * The convex cases on Fashion-MNIST, beside the classic tools: pixels / 255, 60,000 pictures, one process for each fit.
 *
 *   npm run bench:convex                  A B A B …, then the table
 *   npm run bench:convex -- --rounds 1    once
 *   npm run bench:convex -- --ours lbfgs  our figures alone, one JSON line
 *
 * - `lbfgs`, softmax with C = 1 and a free bias, against scikit-learn's LogisticRegression (lbfgs, 100 iterations): CPU seconds of
 *   the fit until its final objective is reached.
 * - `dual-coordinate`, Crammer and Singer with c = 0.01 and no bias, against LIBLINEAR's -s 4: seconds until its objective is
 *   reached within 0.1 %. What LIBLINEAR needs to read its text is measured apart (one pass, -e 1e12) and taken away.
 * - `closed-form`, least squares; and the most accurate linear classifier that was found: Crammer and Singer, c = 0.02, with a bias.
 */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasShared, jsonLines, median, shared } from "./support.js";

const [COUNT, WIDTH, CLASSES] = [60000, 784, 10];
const self = fileURLToPath(import.meta.url);
const data = join(shared, "data", "fashion-mnist");

async function pictures() {
  const { idxSource } = await import("../dist/data/node/index.js");
  const { uniform, labels } = await idxSource(data);
  return { pixels: uniform.pixels, labels };
}

/** A linear problem over the training pictures, pixels / 255, and one with the test pictures to be judged by. */
async function problems(loss, lambda, bias, penalizeBias = false) {
  const { linearProblem } = await import("../dist/train/index.js");
  const { openRuntime } = await import("../dist/runtime/node/index.js");
  const { pixels, labels } = await pictures();
  const runtime = await openRuntime("cpu");
  const rows = WIDTH + (bias ? 1 : 0);
  const of = (from, count) =>
    linearProblem(
      {
        features: {
          count,
          width: WIDTH,
          data: pixels.subarray(from * WIDTH, (from + count) * WIDTH),
          scale: new Float64Array(WIDTH).fill(1 / 255),
          shift: new Float64Array(WIDTH),
        },
        classes: CLASSES,
        labels: labels.subarray(from, from + count),
        weights: new Float64Array(count).fill(1 / count),
        loss,
        lossOptions: {},
        l2: Float64Array.from({ length: rows }, (_, k) => (k < WIDTH || penalizeBias ? lambda : 0)),
        l1: new Float64Array(rows),
        bias,
        seed: 1,
      },
      runtime,
    );
  const testLabels = labels.subarray(COUNT);
  const accuracy = async (w) => {
    const scores = await of(COUNT, testLabels.length).scores(w);
    const right = testLabels.filter((label, i) => {
      const own = scores.subarray(i * CLASSES, (i + 1) * CLASSES);
      return own.indexOf(Math.max(...own)) === label;
    });
    return right.length / testLabels.length;
  };
  return { problem: of(0, COUNT), accuracy };
}

/** C of the classic tools, ½ ‖W‖² + C Σ L, as λ of the mean. */
const lambdaOf = (c) => 1 / (2 * c * COUNT);

const ours = {
  lbfgs: { loss: "cross-entropy", lambda: lambdaOf(1), bias: true, scale: COUNT },
  "dual-coordinate": { loss: "crammer-singer", lambda: lambdaOf(0.01), bias: false, scale: 0.01 * COUNT },
  "closed-form": { loss: "mse", lambda: 1e-5, bias: true, scale: 1 },
  best: { solver: "dual-coordinate", loss: "crammer-singer", lambda: lambdaOf(0.02), bias: true, scale: 1 },
};

/** One fit of ours; ends where `target` is reached, if one is given. */
async function solveOnce(name, target) {
  const { solver = name, loss, lambda, bias, scale } = ours[name];
  const { solvers } = await import("../dist/solvers/index.js");
  const { problem, accuracy } = await problems(loss, lambda, bias, solvers[solver].needsL2);
  const unit = solvers[solver];
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  const reached = ({ value }) => target !== undefined && value * scale <= target;
  const solution = await unit.solve(problem, { ...unit.defaults, ...(target ? { tolerance: 0 } : {}) }, reached);
  const { user, system } = process.cpuUsage(cpu);
  return {
    seconds: (performance.now() - wall) / 1000,
    cpuSeconds: (user + system) / 1e6,
    objective: solution.value * scale,
    iterations: solution.iteration,
    passes: problem.passes,
    testAccuracy: await accuracy(solution.w),
  };
}

const SCIKIT = `
import gzip, json, os, struct, sys, time, warnings
for v in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"): os.environ[v] = "2"
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
warnings.simplefilter("ignore")
import numpy as np
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression
def read(name):
    b = gzip.open(sys.argv[1] + "/" + name).read(); n = b[3]
    return np.frombuffer(b, np.uint8, offset=4 + 4 * n).reshape(struct.unpack(">" + "I" * n, b[4:4 + 4 * n]))
def part(name):
    return read(name + "-images-idx3-ubyte.gz").reshape(-1, 784).astype("float32") / np.float32(255), read(name + "-labels-idx1-ubyte.gz").astype("int64")
X, y = part("train"); Xt, yt = part("t10k")
m = LogisticRegression(multi_class="multinomial", max_iter=100)
c, t = time.process_time(), time.time(); m.fit(X, y); c, t = time.process_time() - c, time.time() - t
S = X.astype("float64") @ m.coef_.T + m.intercept_
f = 0.5 * (m.coef_ ** 2).sum() + (logsumexp(S, axis=1) - S[np.arange(len(y)), y]).sum()
print(json.dumps(dict(seconds=t, cpuSeconds=c, objective=float(f), testAccuracy=float((m.predict(Xt) == yt).mean()))))
`;
const python = "/usr/bin/python3";
const scikit = () => jsonLines(python, ["-c", SCIKIT, data])[0];
const hasScikit = () => spawnSync(python, ["-c", "import sklearn"]).status === 0;
const hasLiblinear = () => spawnSync("liblinear-train", []).error === undefined;

/** The training pictures in LIBLINEAR's text. */
async function writeText(path) {
  const { pixels, labels } = await pictures();
  const file = openSync(path, "w");
  for (let row = 0; row < COUNT; row++) {
    const entries = [];
    for (let k = 0; k < WIDTH; k++) {
      const value = pixels[row * WIDTH + k];
      if (value > 0) entries.push(`${k + 1}:${(value / 255).toPrecision(5)}`);
    }
    writeSync(file, `${labels[row]} ${entries.join(" ")}\n`);
  }
  closeSync(file);
}

/** One training of LIBLINEAR, and how long it takes to read the file. */
function liblinear(folder) {
  const text = join(folder, "train.svm");
  const timed = (tolerance, model) => {
    const start = performance.now();
    const { status, stderr } = spawnSync("liblinear-train", [
      "-s",
      "4",
      "-c",
      "0.01",
      "-e",
      tolerance,
      "-q",
      text,
      model,
    ]);
    if (status !== 0) throw new Error(`liblinear-train: ${stderr}`);
    return (performance.now() - start) / 1000;
  };
  const reading = timed("1e12", join(folder, "rough.model"));
  const model = join(folder, "model");
  return { seconds: timed("0.1", model) - reading, reading, model };
}

/** ½ ‖W‖² + C Σ L of a model file, by our own graph. */
async function objectiveOf(model) {
  const { problem } = await problems("crammer-singer", lambdaOf(0.01), false);
  const lines = readFileSync(model, "utf8").split("\n");
  const order = lines
    .find((line) => line.startsWith("label"))
    .split(" ")
    .slice(1)
    .map(Number);
  const w = new Float64Array(WIDTH * CLASSES);
  lines.slice(lines.indexOf("w") + 1).forEach((line, k) => {
    if (line === "") return;
    line
      .trim()
      .split(" ")
      .forEach((value, c) => {
        w[k * CLASSES + order[c]] = Number(value);
      });
  });
  return (await problem.oracle.evaluate(w)).value * 0.01 * COUNT;
}

const fitInProcess = (name, target) =>
  jsonLines(process.execPath, [self, "--ours", name, ...(target === undefined ? [] : ["--target", String(target)])])[0];

/** Pairs of runs, theirs first: its objective is our target. */
async function paired(rounds, theirs, name, slack) {
  const pairs = [];
  for (let round = 0; round < rounds; round++) {
    const reference = await theirs();
    pairs.push({ reference, own: fitInProcess(name, reference.objective * slack) });
  }
  return pairs;
}

const middle = (pairs, value) => median(pairs.map(value));

/** One row of the table; undefined where the peer is not installed. */
export async function measure(row, rounds) {
  if (row === "lbfgs")
    return hasScikit() ? compared(await paired(rounds, scikit, "lbfgs", 1), "cpuSeconds", 1 / 3) : undefined;
  if (row === "dual-coordinate") {
    if (!hasLiblinear()) return undefined;
    const folder = mkdtempSync(join(tmpdir(), "argmin-liblinear-"));
    await writeText(join(folder, "train.svm"));
    const theirs = async () => {
      const { model, ...times } = liblinear(folder);
      return { ...times, objective: await objectiveOf(model) };
    };
    const pairs = await paired(rounds, theirs, row, 1.001);
    rmSync(folder, { recursive: true });
    return compared(pairs, "seconds", 1.5);
  }
  const fits = Array.from({ length: row === "best" ? 1 : rounds }, () => fitInProcess(row));
  const [{ testAccuracy, objective }] = fits;
  const seconds = median(fits.map((fit) => fit.seconds));
  if (row === "best") return { value: testAccuracy, target: 0.845, seconds };
  return { value: seconds, target: 3, objective, testAccuracy };
}

/** The median of the ratios, and what they are ratios of. */
function compared(pairs, figure, target) {
  const [{ own, reference }] = pairs;
  return {
    value: middle(pairs, (pair) => pair.own[figure] / pair.reference[figure]),
    target,
    ours: middle(pairs, (pair) => pair.own[figure]),
    theirs: middle(pairs, (pair) => pair.reference[figure]),
    objective: own.objective,
    theirObjective: reference.objective,
    testAccuracy: own.testAccuracy,
  };
}

const titles = {
  lbfgs: "lbfgs, softmax, C = 1: CPU seconds over scikit-learn's",
  "dual-coordinate": "dual-coordinate, Crammer-Singer, c = 0.01: seconds over LIBLINEAR's",
  "closed-form": "closed-form, least squares: seconds",
  best: "best linear classifier: test accuracy",
};

const option = (name) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
if (process.argv[1] === self) {
  const own = option("ours");
  if (!hasShared) {
    console.error("Fashion-MNIST is not here: there is no ../shared/data.");
    process.exitCode = 1;
  } else if (own !== undefined) {
    const target = option("target");
    console.log(
      JSON.stringify({ solver: own, ...(await solveOnce(own, target === undefined ? undefined : Number(target))) }),
    );
  } else {
    for (const [row, title] of Object.entries(titles)) {
      const found = await measure(row, Number(option("rounds") ?? 3));
      if (found === undefined) console.error(`${title}: not measured, apt-get install python3-sklearn liblinear-tools`);
      else console.log(JSON.stringify({ row: title, ...found }));
    }
  }
}
