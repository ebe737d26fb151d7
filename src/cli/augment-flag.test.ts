import { describe, expect, test } from "vitest";
import { UsageError } from "../core/index.ts";
import { parseAugment } from "./augment-flag.ts";

const unit = (name: string, options: object = {}) => ({ kind: "augmentation", name, options });

describe("--augment", () => {
  test.each([
    ["standard", ["standard"]],
    ["none", ["none"]],
    ["standard,flip", ["standard", unit("flip")]],
    ["flip,rotate:degrees=10", [unit("flip"), unit("rotate", { degrees: 10 })]],
    ["flip:horizontal=1,vertical=0.5,noise", [unit("flip", { horizontal: 1, vertical: 0.5 }), unit("noise")]],
    [" light , erasing:least=0.1, most=0.2 ", ["light", unit("erasing", { least: 0.1, most: 0.2 })]],
  ])("%s", (text, expected) => {
    expect(parseAugment(text)).toEqual(expected);
  });

  test.each([
    ["standrad", "--augment", /there is no "standrad"; did you mean "standard"/],
    ["flop", "--augment", /did you mean "flip"/],
    ["", "--augment", /there is no ""/],
    ["flip,,rotate", "--augment", /there is no ""/],
    ["rotate:angle=3", "--augment rotate", /there is no "angle"/],
    ["rotate:degrees=300", "augmentation rotate, degrees", /is 300; give a number from 0 to 180/],
    [
      "strong:amount=1",
      "--augment",
      /"strong" has no options; name the augmentation: --augment strong,rotate:degrees=5/,
    ],
    ["degrees=5", "--augment", /there is no "degrees=5"/],
  ])("%j is refused", (text, where, message) => {
    expect(() => parseAugment(text)).toThrow(UsageError);
    expect(() => parseAugment(text)).toThrow(expect.objectContaining({ where, exitCode: 2 }));
    expect(() => parseAugment(text)).toThrow(message);
  });
});
