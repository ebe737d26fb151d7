/** `argmin gradcheck`: the built command for people and for programs, and what it says of catalogues with a mistake in them. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { type Catalogues, type GradcheckFlags, gradcheckCommand } from "../../src/cli/gradcheck.ts";
import { checkNetwork, networkProblem } from "../../src/cli/gradcheck-network.ts";
import { remarkLines } from "../../src/cli/gradcheck-table.ts";
import { Output } from "../../src/cli/output.ts";
import { type AnyOp, checkGraph } from "../../src/gradcheck/index.ts";
import { bind } from "../../src/ir/index.ts";
import { type Loss, losses } from "../../src/losses/index.ts";
import { type Model, models } from "../../src/models/index.ts";
import { mul, ops, sum } from "../../src/ops/index.ts";
import { argmin, doneLine, jsonLines, temporaryFolder, tooWide } from "./support.ts";

const cwd = temporaryFolder();
describe("the command", () => {
  test("without flags checks every unit, and sums up in the last lines", async () => {
    const { code, stdout, stderr } = await argmin(["gradcheck"], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const silent = /Nothing flows back from ([^.]+)\./.exec(stdout)![1].split(/,\s+/);
    expect(silent).toContain("equal");
    for (const name of Object.keys(ops)) {
      const line = new RegExp(`^  ${name} +(0|\\d\\.\\de-\\d+) +1e-\\d  ok$`, "m");
      if (!silent.includes(name)) expect(stdout).toMatch(line);
    }
    expect(stdout).toContain(`${Object.keys(ops).length} units: all backward rules agree with the differences`);
    expect(stdout).toMatch(/kink +x0 of samples\[1\]: relu, element \[1\], input 0; the kink at 0\n +slope taken/);
    expect(tooWide(stdout)).toEqual([]);
  });

  test("of one unit shows both numbers of every sample, and the error at every step", async () => {
    const { code, stdout } = await argmin(["gradcheck", "--unit", "tanh"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/input +along +backward +differences +error +h +verdict/);
    expect(stdout).toMatch(/x0 of samples\[0\] +direction +(-?[\d.]+) +\1 +\S+ 1e-\d {2}ok/);
    expect(stdout).toMatch(/^ {2}h +1e-2 +1e-3 +1e-4 +1e-5 +1e-6 +1e-7 +1e-8 +1e-9$/m);
    expect(stdout).toContain("1 unit: all backward rules agree");
    const { stdout: silent } = await argmin(["gradcheck", "--unit", "equal"], { cwd });
    expect(silent).toContain("Nothing flows back from equal.");
    expect(silent).not.toContain("agree with");
  });

  test("of a model with a loss names every parameter, and fits a terminal", async () => {
    const { code, stdout } = await argmin(["gradcheck", "--model", "cnn", "--loss", "cross-entropy"], { cwd });
    expect(code).toBe(0);
    for (const name of ["features.1.weight", "features.2.bias", "scores.weight", "scores.bias"])
      expect(stdout).toMatch(new RegExp(`^ ${name} +direction .* ok$`, "m"));
    expect(tooWide(stdout)).toEqual([]);
  });

  test("with a model alone checks it with every loss; with a loss alone every model with it", async () => {
    const pairs = async (...flags: string[]) =>
      [
        ...(await argmin(["gradcheck", ...flags], { cwd })).stdout.matchAll(/^ {2}(\S+) +(\S+) +\S+ +1e-\d {2}ok$/gm),
      ].map(([, model, loss]) => [model, loss]);
    expect(await pairs("--model", "linear")).toEqual(Object.keys(losses).map((loss) => ["linear", loss]));
    expect(await pairs("--loss", "mae")).toEqual(Object.keys(models).map((model) => [model, "mae"]));
  });

  test("with --all and --json prints a line a derivative, of every unit and every model with every loss", async () => {
    const result = await argmin(["gradcheck", "--all", "--json"], { cwd });
    const done = doneLine(result);
    const lines = jsonLines(result.stdout);
    const rows = lines.filter(({ event }) => event === "row");
    const [units, networks] = [Object.keys(ops).length, Object.keys(models).length * Object.keys(losses).length];
    expect(done).toMatchObject({ units, networks, rows: rows.length, wrong: 0, bound: 1e-6 });
    expect(done.ok + done.kink).toBe(rows.length);
    const told = lines.filter(({ event }) => event === "row" || event === "skipped");
    const subjects = new Set(told.map(({ unit, model, loss }) => unit ?? `${model} ${loss}`));
    expect(subjects.size).toBe(units + networks);
    const kink = rows.find(({ unit, verdict }) => unit === "relu" && verdict === "kink")!;
    expect(kink).toMatchObject({
      sample: 1,
      input: "x0",
      along: "direction",
      kinks: [{ unit: "relu", scope: "", element: [1], inputs: [0], count: 1 }],
      reason: "the kink at 0",
    });
    for (const { curve } of rows.filter(({ model }) => model)) expect(curve).toHaveLength(8);
    expect(result.stderr).toContain("all backward rules agree");
  });

  test.each([
    [["--unit", "rleu"], '--unit: there is no "rleu"\n  → did you mean "relu"?'],
    [["--model", "lineal"], '--model: there is no "lineal"\n  → did you mean "linear"?'],
    [["--loss", "hing"], '--loss: there is no "hing"\n  → did you mean "hinge"?'],
    [["--all", "--unit", "relu"], "--all: stands beside a choice of what to check"],
    [["--seed", "0"], '--seed: "0" is no seed'],
  ])("%s is refused with its mend", async (flags, says) => {
    const { code, stderr } = await argmin(["gradcheck", ...flags], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });
});

afterEach(() => vi.restoreAllMocks());

/** What the command prints of some catalogues, without colours. */
async function run(flags: GradcheckFlags, catalogues: Partial<Catalogues>) {
  const lines: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => lines.push(String(chunk)) > 0);
  const code = await gradcheckCommand(new Output(false), flags, { ops, models, losses, ...catalogues });
  vi.restoreAllMocks();
  return { code, stdout: lines.join("") };
}

describe("a mistake", () => {
  const doubled: AnyOp = { ...ops.tanh, vjp: (g, context) => [mul(ops.tanh.vjp(g, context)[0]!, 2)] };

  test("in a unit is told with both numbers, and the command fails", async () => {
    const { code, stdout } = await run({}, { ops: { relu: ops.relu, tanh: doubled } });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ {2}relu .* ok$/m);
    expect(stdout).toMatch(/^ {2}tanh +5\.0e-1 .* wrong$/m);
    const [, backward, differences] = /wrong {2}x0 of samples\[0\]\n +backward (\S+), differences (\S+)\n/.exec(
      stdout,
    )!;
    expect(Number(backward) / Number(differences)).toBeCloseTo(2, 3);
    expect(stdout).toContain("2 units: 1 derivative of 3 wrong, in tanh.");
    expect((await run({ unit: "relu" }, { ops: { relu: ops.relu, tanh: doubled } })).code).toBe(0);
  });

  test("in the product of a model names the parameter; in its loss, all of them", async () => {
    const half: AnyOp = {
      ...ops.matmul,
      vjp: (g, context) => {
        const [dx, dw] = ops.matmul.vjp(g, context);
        return [dx, dw && mul(dw, 0.5)];
      },
    };
    const crooked: Model = {
      ...models.mlp,
      name: "crooked",
      apply: (options, x, classes, parameters) => {
        const straight = models.mlp.apply(options, x, classes, parameters);
        const [product, bias] = straight.inputs;
        return bind(straight.op, [bind(half, product.inputs, {}), bias], straight.attrs);
      },
    };
    const { code, stdout } = await run({ model: "crooked", loss: "hinge" }, { models: { crooked } });
    expect(code).toBe(1);
    const named = [...stdout.matchAll(/^ {4}wrong {2}([\w.]+)/gm)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(["scores.weight"]));
    const slanted: Loss = {
      ...losses.mse,
      name: "slanted",
      perExample: (_options, scores) => sum(bind(doubled, [scores], {}), 1),
    };
    const rows = checkNetwork(models.linear, slanted, 1);
    expect(rows.map(({ input, verdict }) => [input, verdict])).toEqual([
      ...Array(3).fill(["scores.weight", "wrong"]),
      ...Array(3).fill(["scores.bias", "wrong"]),
    ]);
  });
});

test("a model with a hidden unit at exactly 0 is no mistake, and the unit is named", () => {
  const { loss, parameters, feeds } = networkProblem(models.mlp, losses["cross-entropy"], 1);
  const silenced = ["hidden1.weight", "hidden1.bias"].map((name) => {
    const { shape, data } = feeds[name];
    // Of the six units the third hears nothing.
    return [name, { shape, data: data.map((value, i) => (i % 6 === 2 ? 0 : value)) }];
  });
  const rows = checkGraph({ loss, wrt: parameters, feeds: { ...feeds, ...Object.fromEntries(silenced) } });
  expect(rows.map(({ verdict }) => verdict)).toEqual(["kink", "kink", "ok", "ok", "ok", "ok"]);
  const text = remarkLines(rows).join("\n");
  expect(text).toContain("    kink   hidden1.weight: relu at hidden1, element [0,2] (and 4 more), input 0\n");
  expect(text).toMatch(/^ {4}kink {3}hidden1\.bias: .*\n {11}slope taken \S+, on the left \S+, on the right \S+,/m);
  expect(text).not.toContain("wrong");
});
