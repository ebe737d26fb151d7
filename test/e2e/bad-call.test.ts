/** Wrong calls: each says where, what and how to mend it, ends with 2, and makes nothing. */
import { join } from "node:path";
import { beforeAll, describe } from "vitest";
import { type Case, cases } from "./cases.ts";
import { temporaryFolder, write, writePhotos } from "./support.ts";

const cwd = temporaryFolder();

beforeAll(async () => {
  await writePhotos(join(cwd, "photos"), { classes: ["cats", "dogs", "eels"], count: 12 });
});

describe("the call", () => {
  cases(cwd, {
    "an unknown command": {
      args: ["trian", "photos"],
      where: "argmin",
      what: /no command "trian"/,
      fix: /did you mean "train"/,
    },
    "a command like nothing there is": {
      args: ["zzzzzzzz"],
      where: "argmin",
      what: /no command "zzzzzzzz"/,
      fix: /quickstart, train, .*evaluate/,
    },
    "an unknown option": {
      args: ["train", "photos", "--modle", "cnn"],
      where: "--modle",
      what: /argmin train has no such option/,
      fix: /did you mean "--model"/,
    },
    "an option like nothing there is": {
      args: ["train", "photos", "--xyzzyxyzzy"],
      where: "--xyzzyxyzzy",
      what: /no such option/,
      fix: /argmin train --help/,
    },
    "an option of another command": {
      args: ["evaluate", "run", "photos", "--epochs", "3"],
      where: "--epochs",
      what: /argmin evaluate has no such option/,
      fix: /--help/,
    },
    "no data": { args: ["train"], where: "argmin train", what: /no data/, fix: /argmin train photos/ },
    "no model": {
      args: ["predict"],
      where: "argmin predict",
      what: /<model> is missing/,
      fix: /write argmin predict .*<model> <pictures...>/,
    },
    "too many arguments": { args: ["train", "my", "photos"], where: "argmin train", what: /too many/, fix: /quote/ },
    "an option without its value": {
      args: ["evaluate", "photos", "run", "--device"],
      where: "--device",
      what: /value is missing/,
      fix: /--device <device>/,
    },
    "an empty name": { args: ["train", "photos", "--name", ""], where: "--name", what: /empty/, fix: /--name first/ },
    "two formats": {
      args: ["predict", "run", "photos", "--format", "csv"],
      where: "--format",
      what: /csv beside --json/,
      fix: /leave one/,
    },
    "no guesses": {
      args: ["predict", "run", "photos", "--top", "0"],
      where: "--top",
      what: /"0"/,
      fix: /1 or more/,
    },
    "a run that is not there": {
      args: ["predict", "runs/nothing", "photos"],
      where: "runs/nothing",
      what: /no such run folder/,
      fix: /runs\/<name>/,
    },
  });
});

describe("units", () => {
  const of = (option: string, value: string, near: string): Case => ({
    args: ["train", "photos", option, value],
    where: option,
    what: new RegExp(`there is no "${value}"`),
    fix: new RegExp(`did you mean "${near}"\\? Otherwise choose one of .*${near}`),
  });
  cases(cwd, {
    "an unknown model": of("--model", "linaer", "linear"),
    "an unknown loss": of("--loss", "hing", "hinge"),
    "an unknown optimizer": of("--optimizer", "sdg", "sgd"),
    "an unknown schedule": of("--schedule", "cosin", "cosine"),
    "an unknown activation": of("--activation", "rely", "relu"),
    "an unknown device": of("--device", "cpuu", "cpu"),
    "a loss like nothing there is": {
      args: ["train", "photos", "--loss", "qqqqqqqqqq"],
      where: "--loss",
      what: /there is no "qqqqqqqqqq"/,
      fix: /^choose one of cross-entropy, .*hinge, squared-hinge, /,
    },
    "hidden units for a model without any": {
      args: ["train", "photos", "--model", "linear", "--hidden", "10"],
      where: "--hidden",
      what: /the model "linear" has no such option/,
      fix: /leave it out/,
    },
    "filters for a model without any": {
      args: ["train", "photos", "--model", "mlp", "--filters", "10"],
      where: "--filters",
      what: /the model "mlp" has no such option/,
      fix: /--hidden, --activation/,
    },
    "momentum for an optimizer without any": {
      args: ["train", "photos", "--optimizer", "sgd", "--momentum", "0.9"],
      where: "--momentum",
      what: /the optimizer "sgd" has no such option/,
      fix: /leave it out/,
    },
  });
});

describe("a configuration file", () => {
  const config = (name: string, text: string): string[] => {
    write(join(cwd, "configs", name), text);
    return ["train", "photos", "--config", `configs/${name}`];
  };
  cases(cwd, {
    "that is not there": {
      args: ["train", "photos", "--config", "nothing.yaml"],
      where: "nothing.yaml",
      what: /cannot be read \(ENOENT\)/,
      fix: /config\.yaml/,
    },
    "that is no YAML": {
      args: config("open.yaml", "epochs: [1"),
      where: "configs/open.yaml",
      what: /is not YAML: .*line 1/,
      fix: /mend that line/,
    },
    "with an unknown entry": {
      args: config("entry.yaml", "modle: 3"),
      where: "configs/entry.yaml",
      what: /no "modle"/,
      fix: /did you mean "model"/,
    },
    "with an unknown unit": {
      args: config("unit.yaml", "model: { name: mpl }"),
      where: "model",
      what: /no "mpl"/,
      fix: /did you mean "mlp"/,
    },
    "with an unknown option of a unit": {
      args: config("option.yaml", "optimizer: { name: momentum, options: { momentun: 1 } }"),
      where: "optimizer momentum",
      what: /no "momentun"/,
      fix: /did you mean "momentum"/,
    },
    "with text for a number": {
      args: config("text.yaml", 'epochs: "3"'),
      where: "configs/text.yaml, epochs",
      what: /expected number, received string/,
      fix: /config\.yaml of a run/,
    },
  });
});

describe("numbers", () => {
  const bad = (option: string, value: string, where = option): Case => ({
    args: ["train", "photos", option, value],
    where,
    what: new RegExp(value.replace(/^$/, '""')),
    fix: /./,
  });
  cases(cwd, {
    "epochs that are no number": bad("--epochs", "ten"),
    "epochs that are no whole number": bad("--epochs", "1.5", "epochs"),
    "no epochs": bad("--epochs", "0", "epochs"),
    "a learning rate of NaN": bad("--learning-rate", "NaN"),
    "an endless learning rate": bad("--learning-rate", "Infinity"),
    "a negative learning rate": bad("--learning-rate", "-1", "learning rate"),
    "a learning rate with a comma": bad("--learning-rate", "0,1"),
    "an empty batch": bad("--batch-size", "0", "batch size"),
    "nothing for a number": bad("--seed", ""),
    "hidden units that are no list": {
      ...bad("--hidden", "512,,256"),
      args: ["train", "photos", "--model", "mlp", "--hidden", "512,,256"],
    },
    "a negative penalty": bad("--l2", "-1", "regularizer l2, strength"),
    "pictures too small": bad("--size", "1", "size"),
    "layers that fit into no memory": {
      args: ["train", "photos", "--model", "mlp", "--size", "8", "--hidden", "1000000000"],
      where: "model mlp",
      what: /^its 196000000003 weights and the memory of adam take 4381 GiB in training, and there are \d+ GiB here$/,
      fix: /smaller layers/,
    },
  });
});
