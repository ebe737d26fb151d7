import { describe, expect, test } from "vitest";
import { Random } from "../../core/index.ts";
import { type AugmentationChoice, type AugmentOption, type Source, settleAugment } from "../../data/index.ts";
import { cnn, linear, mlp, models } from "../../models/index.ts";
import { momentum } from "../../optimizers/index.ts";
import { l1 } from "../../regularizers/index.ts";
import { oneCycle } from "../../schedules/index.ts";
import { lbfgs } from "../../solvers/index.ts";
import { type Configuration, fromUnits, gridOf, type Space } from "../../space/index.ts";
import type { TrainOptions } from "../options.ts";
import { resolve } from "../resolve.ts";
import {
  configurationToOptions,
  type DataFacts,
  defaultSpace,
  describedSpace,
  type Entry,
  fullSpace,
} from "./index.ts";
import { knownParameters } from "./parameters.ts";

const facts: DataFacts = { numbers: false, height: 28, width: 28, channels: 1, classes: 10, pictures: 7000 };
const rows: DataFacts = { ...facts, numbers: true, height: 1, width: 12 };

function sourceOf({ numbers, height, width, channels, classes, pictures }: DataFacts): Source {
  const features = Array.from({ length: width }, (_, i) => `x${i + 1}`);
  return {
    kind: "shapes",
    name: "made up",
    classes: Array.from({ length: classes }, (_, i) => `${i}`),
    paths: Array.from({ length: pictures }, (_, i) => `${i}`),
    labels: new Int32Array(pictures),
    declared: [],
    skipped: [],
    notes: [],
    ...(numbers
      ? { numbers: { values: new Float32Array(0), features, sparse: false } }
      : { uniform: { pixels: new Uint8Array(0), height, width, channels } }),
    read: () => Promise.reject(new Error("never read")),
  };
}

const sources = new Map([facts, rows].map((one) => [one, sourceOf(one)]));
const settingsOf = (configuration: Configuration, options: TrainOptions, of = facts) =>
  resolve(configurationToOptions(configuration, options), sources.get(of)!);

/** Random configurations of a space. */
function* draws(space: Space, count: number, stream = "draws"): Generator<Configuration> {
  const random = new Random(7, stream);
  for (let i = 0; i < count; i++) {
    yield fromUnits(
      space,
      space.names.map(() => random.uniform()),
    );
  }
}

const asks: readonly [string, Partial<TrainOptions>, DataFacts][] = [
  ["pictures", {}, facts],
  ["numbers", {}, rows],
  ...Object.values(models).map(({ name, defaults }): [string, Partial<TrainOptions>, DataFacts] => [
    name,
    { model: { kind: "model", name, options: defaults as Record<string, unknown> } },
    facts,
  ]),
  ["momentum", { optimizer: momentum() }, facts],
  ["a solver", { model: linear(), optimizer: lbfgs() }, facts],
];

describe.each(asks)("the default space of %s", (_, said, of) => {
  const options: TrainOptions = { data: "made up", ...said };
  const { space, start } = defaultSpace(options, of);

  test("starts with what a run has without it", () => {
    expect(settingsOf(start, options, of)).toEqual(resolve(options, sources.get(of)!));
  });

  test("holds configurations that a run can have, a thousand for each model, of at most fourteen parameters", () => {
    let most = 0;
    for (const configuration of draws(space, said.model && !said.optimizer ? 1000 : 100)) {
      most = Math.max(most, Object.keys(configuration).length);
      settingsOf(configuration, options, of);
    }
    expect(most).toBeLessThanOrEqual(14);
  });
});

describe("what was said is not searched", () => {
  const names = (said: Partial<TrainOptions>, more?: string[]) =>
    defaultSpace({ data: "made up", ...said }, facts, more).space.names;

  test("an optimizer stays, and its rate is searched unless it was said", () => {
    expect(names({ optimizer: momentum() })).not.toContain("optimizer");
    expect(names({ optimizer: momentum() })).toContain("momentum.learningRate");
    expect(names({ optimizer: momentum({ learningRate: 0.01 }) })).not.toContain("momentum.learningRate");
    expect(names({ optimizer: momentum() }, ["momentum.learningRate"])).not.toContain("momentum.learningRate");
    expect(names({ optimizer: momentum({ learningRate: oneCycle() }) })).not.toContain("schedule");
  });

  test("a schedule may be said alone", () => {
    const schedule = { kind: "schedule", name: "step", options: {} };
    const optimizer = { kind: "optimizer", name: "adam", options: { schedule } } as const;
    expect(names({ optimizer })).toContain("optimizer");
    expect(names({ optimizer })).not.toContain("schedule");
    const run = settingsOf({ optimizer: "nesterov", "nesterov.learningRate": 0.1 }, { data: "x", optimizer });
    expect(run).toMatchObject({ optimizer: { name: "nesterov" }, schedule: { name: "step" } });
  });

  test("of a choice a search may begin with a part", () => {
    const activations = ({ space }: { readonly space: Space }) => gridOf(space.parameters["mlp.activation"], 9);
    expect(activations(defaultSpace({ data: "x", model: mlp() }, facts))).toEqual(["relu", "gelu", "silu"]);
    expect(activations(fullSpace({ data: "x", model: mlp() }, facts))).toContain("tanh");
  });

  test("the layers of a model are one thing", () => {
    const own = names({ model: mlp({ hidden: [100] }) }).filter((name) => name.startsWith("mlp."));
    expect(own).toEqual(["mlp.activation", "mlp.dropout"]);
  });

  test("a batch size and an augmentation stay; a penalty beside another is searched", () => {
    const left = names({ batchSize: 32, augment: "light", regularizer: l1(1e-5) });
    expect(left).not.toContain("batchSize");
    expect(left).not.toContain("augment");
    expect(left).toContain("l2");
    expect(names({ regularizer: { ...l1(1e-5), name: "l2" } })).not.toContain("l2");
  });
});

test("augmentations are searched for models that work on pictures as pictures, or where a file asks for them", () => {
  const augmentOf = (model: TrainOptions["model"], entries: Entry[] = []) => {
    const options: TrainOptions = { data: "made up", ...(model ? { model } : {}) };
    return describedSpace(entries, options, facts).space.parameters.augment;
  };
  expect(augmentOf(mlp())).toBeUndefined();
  expect(augmentOf(cnn())).toMatchObject({ kind: "choice" });
  expect(augmentOf(cnn())!.when).toBeUndefined();
  // The usual model and the cnn; the mlp is searched beside them, and does not see that pixels are neighbours.
  expect(augmentOf(undefined)!.when).toEqual({ parameter: "model", is: ["cnn", "fastnet"] });
  expect(augmentOf(mlp(), [{ name: "augment", value: ["none", "light"], where: "here" }])).toEqual({
    kind: "choice",
    choices: ["none", "light"],
  });
});

describe("the full space", () => {
  const options: TrainOptions = { data: "made up" };
  test.each([
    ["pictures", facts],
    ["numbers", rows],
  ])("of %s: each parameter changes what a run does", (_, of) => {
    const { space } = fullSpace(options, of);
    const left = new Set(space.names);
    for (const configuration of draws(space, 2000)) {
      if (left.size === 0) break;
      for (const name of Object.keys(configuration)) {
        if (!left.has(name)) continue;
        const parameter = space.parameters[name];
        const other = gridOf(parameter, 3).find((value) => value !== configuration[name])!;
        // What hangs on it comes and goes with it.
        const values = space.names.reduce<Configuration>((sofar, one) => {
          if (!space.isActive(one, sofar)) return sofar;
          return Object.assign(sofar, {
            [one]: one === name ? other : (configuration[one] ?? gridOf(space.parameters[one], 3)[0]),
          });
        }, {});
        const [a, b] = [configuration, values].map((one) => JSON.stringify(settingsOf(one, options, of)));
        expect(`${name}: ${a}`).not.toBe(`${name}: ${b}`);
        left.delete(name);
      }
    }
    expect([...left]).toEqual([]);
  });
});

describe("every parameter can be asked for alone", () => {
  const options: TrainOptions = { data: "made up" };
  const known = knownParameters(options, facts);
  /** What a parameter depends on, fixed so that it counts. */
  const parents = (name: string): Entry[] => {
    const { when } = known[name];
    if (when === undefined) return [];
    return [...parents(when.parameter), { name: when.parameter, value: when.is[0], where: "parent" }];
  };
  test.each(Object.keys(known).filter((name) => known[name].range !== undefined))("%s", (name) => {
    const range = known[name].range!;
    const value = range.kind === "choice" ? range.choices : { low: range.low, high: range.high };
    const { space, start } = describedSpace([...parents(name), { name, value, where: "here" }], options, facts);
    const { when: _, ...asked } = range;
    expect(space.parameters[name]).toMatchObject(asked);
    for (const configuration of [start, ...draws(space, 1, name)]) {
      expect(configuration).toHaveProperty([name]);
      settingsOf(configuration, options);
    }
  });
});

test("what a run has written down of its preset is that preset", () => {
  const usual = (augment: AugmentOption) => defaultSpace({ data: "x", augment }, facts).usual.augment;
  expect(usual(settleAugment("strong"))).toBe("strong");
  expect(usual(settleAugment(["light", "standard"]))).toBe("standard");
  const flip: AugmentationChoice = { kind: "augmentation", name: "flip", options: {} };
  expect(usual([...settleAugment("light"), flip])).toBe("none");
  expect(usual([])).toBe("none");
  const after = (augment: AugmentOption) =>
    configurationToOptions({ augment: "light" }, { data: "x", augment }).augment;
  expect(after(settleAugment("strong"))).toEqual(["light"]);
  expect(after(["strong", flip])).toMatchObject(["light", { name: "flip" }]);
  expect(after([flip])).toMatchObject(["light", { name: "flip" }]);
});

test("a name that means nothing is refused", () => {
  expect(() => configurationToOptions({ "adam.rate": 1 }, { data: "x" })).toThrow(/adam.rate/);
});
