/** The solvers of convex problems, through the real command: what they reach, what they say, and what they refuse. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { closedForm, dualCoordinate, fista, imageFolder, l1, l2, lbfgs, type TrainOptions, train } from "argmin";
import { beforeAll, describe, expect, test } from "vitest";
import { cases } from "./cases.ts";
import { argmin, jsonLines, shared, temporaryFolder, writePhotos } from "./support.ts";

const cwd = temporaryFolder();
const small = ["--size", "8"];

beforeAll(async () => {
  await writePhotos(join(cwd, "photos"), { classes: ["cats", "dogs", "eels"], count: 24 });
});

describe("a solver through the command", () => {
  test.each([
    ["closed-form", "mse", 1 / 3, "gradient norm"],
    ["conjugate-gradient", "cross-entropy", Math.log(3), "gradient norm"],
    ["lbfgs", "cross-entropy", Math.log(3), "gradient norm"],
    ["fista", "cross-entropy", Math.log(3), "subgradient norm"],
    ["dual-coordinate", "crammer-singer", 1, "relative duality gap"],
  ])(
    "%s: a linear model and %s unless said, the first loss as expected, and how near the optimum is",
    async (solver, loss, first, measure) => {
      const args = ["train", "photos", "--optimizer", solver, "--l2", "1e-3", ...small, "--name", solver, "--json"];
      const { code, stdout, stderr } = await argmin(args, { cwd });
      expect(code, stderr).toBe(0);
      const lines = jsonLines(stdout);
      expect(lines.find(({ event }) => event === "initial")).toMatchObject({ expected: first });
      expect(lines.find(({ event }) => event === "initial")!.loss).toBeCloseTo(first, 12);
      const solved = lines.find(({ event }) => event === "solved")!;
      expect(solved).toMatchObject({ measure, converged: true });
      expect(solved.optimality as number).toBeLessThanOrEqual(solved.tolerance as number);
      expect(stderr).toContain(`${measure} `);
      expect(stderr).not.toContain("epoch 1");
      expect(lines.at(-1)).toMatchObject({ event: "done", test: { accuracy: 1 }, solution: { converged: true } });
      const config = readFileSync(join(cwd, "runs", solver, "config.yaml"), "utf8");
      expect(config).toMatch(/name: linear/);
      expect(config).toMatch(new RegExp(`name: ${loss}`));
    },
  );

  test("its config.yaml gives the same weights again", async () => {
    const again = await argmin(["train", "--config", "runs/lbfgs/config.yaml", "--name", "again", "--json"], { cwd });
    expect(again.code, again.stderr).toBe(0);
    const hash = (lines: string) => jsonLines(lines).at(-1)!.weightsHash;
    expect(hash(again.stdout)).toBe(hash(readFileSync(join(cwd, "runs", "lbfgs", "events.ndjson"), "utf8")));
  });

  test("the predictions of the exported file are those of the solution", async () => {
    const judged = await argmin(["evaluate", "runs/lbfgs/model.onnx", "photos", "--json"], { cwd });
    expect(jsonLines(judged.stdout).at(-1)).toMatchObject({ accuracy: 1 });
  });
});

describe("in a program", () => {
  const solved = async (options: Omit<TrainOptions, "data">) =>
    await train({ data: await imageFolder(join(cwd, "photos")), size: 12, ...options });

  test("two solvers of one problem agree on its optimum", async () => {
    const [quick, sparse] = [
      await solved({ optimizer: lbfgs({ tolerance: 1e-6 }), regularizer: l2(1e-2) }),
      await solved({ optimizer: fista({ tolerance: 1e-7 }), regularizer: l2(1e-2) }),
    ];
    expect(sparse.solution!.objective / quick.solution!.objective).toBeCloseTo(1, 4);
    expect(quick.history).toHaveLength(1);
    expect(quick.history[0].trainLoss).toBeLessThan(quick.solution!.objective);
  });

  test("l1 gives exact zeros, and the run says how many", async () => {
    const run = await solved({ optimizer: fista(), regularizer: l1(5e-3) });
    const { zeros, weights } = run.solution!;
    expect(weights).toBe(12 * 12 * 3 * 3);
    expect(zeros / weights).toBeGreaterThan(0.5);
    expect(zeros).toBeLessThan(weights);
  });

  test("the closed form has no gradient left, and the dual holds the bias as well", async () => {
    const exact = await solved({ optimizer: closedForm(), regularizer: l2(1e-2) });
    expect(exact.solution).toMatchObject({ converged: true, iterations: 1 });
    const dual = await solved({ optimizer: dualCoordinate(), regularizer: l2(1e-2) });
    expect(dual.settings.regularizers).toMatchObject([{ name: "l2", options: { biases: true } }]);
    expect(exact.settings.regularizers).toMatchObject([{ name: "l2", options: { biases: false } }]);
  });

  test("weights of the classes move the optimum", async () => {
    const plain = await solved({ optimizer: closedForm(), regularizer: l2(1e-2) });
    const ones = await solved({ optimizer: closedForm(), regularizer: l2(1e-2), classWeights: [2, 2, 2] });
    const first = await solved({
      optimizer: closedForm(),
      regularizer: l2(1e-2),
      classWeights: [9, 1, 1],
    });
    expect(ones.solution!.objective / plain.solution!.objective).toBeCloseTo(1, 9);
    expect(Math.abs(first.solution!.objective / plain.solution!.objective - 1)).toBeGreaterThan(1e-3);
  });

  test("it can be stopped, and what it has is kept", async () => {
    const stop = new AbortController();
    const run = await solved({
      optimizer: lbfgs({ tolerance: 0 }),
      regularizer: l2(1e-4),
      signal: stop.signal,
      onEvent: ({ type }) => {
        if (type === "initial") stop.abort();
      },
    });
    expect(run).toMatchObject({ interrupted: true, solution: { converged: false } });
    expect(run.model.length).toBeGreaterThan(1000);
  });
});

const absent = existsSync(shared) ? "" : ` (skipped: there is no ${shared})`;
test.skipIf(absent)(`least squares on Fashion-MNIST by calculus in seconds${absent}`, async () => {
  const args = ["train", join(shared, "data", "fashion-mnist"), "--optimizer", "closed-form", "--json"];
  const { code, stdout, stderr } = await argmin([...args, "--runs", join(cwd, "fashion")], { cwd });
  expect(code, stderr).toBe(0);
  expect((jsonLines(stdout).at(-1)!.test as { accuracy: number }).accuracy).toBeGreaterThan(0.8);
});

describe("what a solver cannot do", () => {
  const elsewhere = temporaryFolder();
  beforeAll(async () => {
    await writePhotos(join(elsewhere, "photos"), { classes: ["cats", "dogs"], count: 12 });
  });
  const call = (...args: string[]) => ["train", "photos", ...small, ...args];
  cases(elsewhere, {
    "closed-form with a loss that has none": {
      args: call("--optimizer", "closed-form", "--loss", "hinge"),
      where: "optimizer closed-form",
      what: /cannot minimise the loss "hinge"/,
      fix: /--loss mse/,
    },
    "a loss that another solver takes": {
      args: call("--optimizer", "dual-coordinate", "--loss", "cross-entropy", "--l2", "1e-4"),
      where: "optimizer dual-coordinate",
      what: /cannot minimise the loss "cross-entropy"/,
      fix: /crammer-singer.*conjugate-gradient or lbfgs/,
    },
    "dual-coordinate with a deep model": {
      args: call("--optimizer", "dual-coordinate", "--model", "mlp", "--l2", "1e-4"),
      where: "optimizer dual-coordinate",
      what: /with the model "mlp" the problem is not convex/,
      fix: /--model linear.*adam/,
    },
    "dual-coordinate without a penalty": {
      args: call("--optimizer", "dual-coordinate"),
      where: "optimizer dual-coordinate",
      what: /penalty/,
      fix: /--l2 1e-4/,
    },
    "l1 where only fista takes it": {
      args: call("--optimizer", "lbfgs", "--l1", "1e-4"),
      where: "optimizer lbfgs",
      what: /kinks/,
      fix: /fista/,
    },
    "a limit to the norms": {
      args: call("--optimizer", "lbfgs", "--max-norm", "1"),
      where: "optimizer lbfgs",
      what: /max-norm/,
      fix: /--l2/,
    },
    "a learning rate": {
      args: call("--optimizer", "lbfgs", "--learning-rate", "0.1"),
      where: "--learning-rate",
      what: /"lbfgs" has no such option/,
      fix: /leave it out/,
    },
    epochs: {
      args: call("--optimizer", "lbfgs", "--epochs", "3"),
      where: "--epochs",
      what: /takes no steps/,
      fix: /tolerance/,
    },
    "a tolerance that is none": {
      args: call("--optimizer", "lbfgs:tolerance=-1"),
      where: "optimizer lbfgs, tolerance",
      what: /-1/,
      fix: /a number from 0/,
    },
    "a search for a learning rate": {
      args: call("--optimizer", "lbfgs", "--find-learning-rate"),
      where: "find learning rate",
      what: /lbfgs/,
      fix: /./,
    },
  });
});
