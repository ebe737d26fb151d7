/** What is chosen on the page, as it stands in the address, and as options of a training. */
import { losses } from "../../../src/losses/index.ts";
import { models } from "../../../src/models/index.ts";
import { optimizers } from "../../../src/optimizers/index.ts";
import type { Order } from "./order.ts";

export interface Setup {
  readonly model: string;
  readonly loss: string;
  readonly optimizer: string;
  /** Empty: what is usual for the optimizer. */
  readonly rate: string;
  readonly epochs: string;
  /** Height and width that pictures of the learner are brought to. */
  readonly size: string;
  readonly augment: string;
  readonly device: "auto" | "wasm" | "webgpu";
}

/** Losses that learn one class of several; the others want a distribution. */
export const lossNames = Object.keys(losses);
export const modelNames = Object.keys(models);
export const optimizerNames = Object.keys(optimizers);
export const augmentNames = ["none", "light", "light,flip", "standard", "standard,flip"];
export const sizes = ["32", "64", "96"];

export const usualSetup: Setup = Object.freeze({
  ...{ model: "cnn", loss: "cross-entropy", optimizer: "adam", rate: "", epochs: "5" },
  ...{ size: "64", augment: "none", device: "auto" },
} as const);

const choices: Readonly<Partial<Record<keyof Setup, readonly string[]>>> = {
  model: modelNames,
  loss: lossNames,
  optimizer: optimizerNames,
  size: sizes,
  augment: augmentNames,
  device: ["auto", "wasm", "webgpu"],
};

/** What an address says, where it makes sense; the usual otherwise. */
export function setupFrom(query: URLSearchParams): Setup {
  const said = Object.entries(usualSetup).map(([name, usual]) => {
    const value = query.get(name);
    const known = choices[name as keyof Setup];
    const fits = value !== null && (known ? known.includes(value) : /^\d*\.?\d*(e-?\d+)?$/.test(value));
    return [name, fits ? value : usual];
  });
  return Object.fromEntries(said) as Setup;
}

/** What is not usual, for the address; null takes a value out of it. */
export const changesOf = (setup: Setup): Record<string, string | null> =>
  Object.fromEntries(
    Object.entries(setup).map(([name, value]) => [name, value === usualSetup[name as keyof Setup] ? null : value]),
  );

const number = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));

/** The usual learning rate of an optimizer. */
export const usualRate = (optimizer: string): number =>
  optimizers[optimizer as keyof typeof optimizers].defaults.learningRate;

/** The options of the training; those that make no sense are refused by the library, with the reason. */
export function optionsOf(setup: Setup, own: boolean): Order["options"] {
  const unit = { kind: "optimizer" as const, name: setup.optimizer };
  return {
    model: { kind: "model", name: setup.model, options: models[setup.model as keyof typeof models].defaults as never },
    loss: { kind: "loss", name: setup.loss, options: {} },
    optimizer: { ...unit, options: setup.rate === "" ? {} : { learningRate: number(setup.rate) } },
    epochs: number(setup.epochs),
    ...(own ? { size: Number(setup.size) } : {}),
    ...(setup.augment === "none" ? {} : { augment: setup.augment.split(",").map(augmentation) as never }),
  };
}

/** `flip` is one augmentation, the others are presets. */
const augmentation = (name: string) => (name === "flip" ? { kind: "augmentation", name, options: {} } : name);

/** The command that trains the same in a terminal, on pictures in a folder. */
export function commandOf(setup: Setup, folder: string): string {
  const flags = [
    ["--model", setup.model],
    ["--loss", setup.loss],
    ["--optimizer", setup.optimizer],
    ...(setup.rate === "" ? [] : [["--learning-rate", setup.rate]]),
    ["--epochs", setup.epochs],
    ...(folder.startsWith("builtin:") ? [] : [["--size", setup.size]]),
    ...(setup.augment === "none" ? [] : [["--augment", setup.augment]]),
  ];
  return `npx argmin train ${folder} ${flags.flat().join(" ")}`;
}
