import { describe, expect, test } from "vitest";
import { UsageError } from "../core/index.ts";
import { parseUnit } from "./compact.ts";
import { trainingCommand } from "./find-learning-rate.ts";

const catalogue = {
  step: {
    name: "step",
    defaults: { every: 3, gamma: 0.5, smooth: false, milestones: [5, 8], kind: "a" },
    ranges: { gamma: [0, 1] },
  },
  constant: { name: "constant", defaults: {} },
} as const;
const parse = (text: string) => parseUnit("--schedule", "schedule", catalogue, text);

describe("a unit with its options in one word", () => {
  test.each([
    ["step", {}],
    ["step:every=10", { every: 10 }],
    ["step:every=1e1,gamma=0.25", { every: 10, gamma: 0.25 }],
    ["step: every = 2 , smooth = true", { every: 2, smooth: true }],
    ["step:smooth=false,kind=b", { smooth: false, kind: "b" }],
    ["step:milestones=2+5", { milestones: [2, 5] }],
    ["step:milestones=[2,5],every=7", { milestones: [2, 5], every: 7 }],
    ["step:milestones=4", { milestones: [4] }],
    ["step:every=1e+1", { every: 10 }],
  ])("%s", (text, options) => expect(parse(text)).toEqual({ unit: catalogue.step, options }));

  test("hyphens in names of options are as good as capitals", () => {
    const unit = { name: "adam", defaults: { weightDecay: 0 } };
    expect(parseUnit("--optimizer", "optimizer", { adam: unit }, "adam:weight-decay=0.1").options).toEqual({
      weightDecay: 0.1,
    });
  });

  test.each([
    ["stp", /there is no "stp"; did you mean "step"/],
    ["step:evry=1", /--schedule step: there is no "evry"; did you mean "every"/],
    ["step:every", /"every" is not option=value; write for example --schedule step:every=3/],
    ["step:", /"" is not option=value/],
    ["step:=3", /"=3" is not option=value/],
    ["step:every=1,every=2", /every is given twice/],
    ["step:every=", /schedule step, every: is ""; give a number/],
    ["step:every=ten", /is "ten"; give a number, such as 3/],
    ["step:every=Infinity", /schedule step, every/],
    ["step:gamma=1", /from 0 to below 1/],
    ["step:smooth=1", /give a boolean/],
    ["step:milestones=2.5+5", /list of whole numbers/],
    ["constant:every=1", /"constant" has no options; write --schedule constant/],
  ])("%s is refused", (text, message) => {
    expect(() => parse(text)).toThrow(UsageError);
    expect(() => parse(text)).toThrow(message);
  });
});

describe("the call that trains with a rate", () => {
  test.each([
    ["train photos --find-learning-rate", "train photos --learning-rate 0.01"],
    ["train --find-learning-rate photos --json --size 64", "train photos --size 64 --learning-rate 0.01"],
    ["train photos --learning-rate 3 --name x --find-learning-rate", "train photos --learning-rate 0.01"],
    ["train photos --learning-rate=3 --name=x --find-learning-rate", "train photos --learning-rate 0.01"],
    [
      "train photos --find-learning-rate --optimizer sgd:learningRate=1",
      "train photos --optimizer sgd --learning-rate 0.01",
    ],
    [
      "train photos --find-learning-rate --optimizer=adam:learning-rate=1,beta1=0.8",
      "train photos --optimizer=adam:beta1=0.8 --learning-rate 0.01",
    ],
    [
      "train photos --find-learning-rate --optimizer adam:beta1=0.8,learning-rate=1,beta2=0.9",
      "train photos --optimizer adam:beta1=0.8,beta2=0.9 --learning-rate 0.01",
    ],
  ])("%s", (call, expected) => {
    expect(trainingCommand(call.split(" "), 0.01)).toMatch(
      new RegExp(`^(npx )?argmin ${expected.replaceAll(/[.*+?[\]]/g, "\\$&")}$`),
    );
  });

  test("quotes what a shell would take apart", () => {
    const command = trainingCommand(["train", "my photos", "--find-learning-rate", "--config", "it's.yaml"], 0.01);
    expect(command).toContain(`train 'my photos' --config 'it'\\''s.yaml' --learning-rate 0.01`);
  });
});
