import { type Argument, Command, CommanderError } from "commander";
import { nearest, UsageError, VERSION } from "../core/index.ts";
import { GOLDEN_PICTURES } from "../experiment/node/export/options.ts";
import { methods } from "../explain/methods.ts";
import { losses } from "../losses/index.ts";
import { models } from "../models/index.ts";
import { Output } from "./output.ts";
import { UNIT_OPTIONS, withTrainFlags } from "./train-flags.ts";
import { addTuneCommands } from "./tune-commands.ts";

const list = (catalogue: object) => Object.keys(catalogue).join(", ");
const DATA = `<data> is one of
  a folder of class folders   photos/cat/1.jpg, photos/dog/2.png, …; nested is
                              fine, with or without train/, val/, test/
  a list of pictures          CSV or TSV: path,label[,split][,group], with paths
                              relative to the list
  a folder of IDX files       MNIST, Fashion-MNIST; .gz or not
  a folder of CIFAR files     CIFAR-10, CIFAR-100, the binary version
  builtin:shapes              ten kinds of shapes, drawn on the spot`;

function argumentTerm(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/**
 * The commands and their flags. Each command is loaded when it is given, so that help need not wait for a decoder and a runtime.
 * @param ended is told the exit code of the command that was given
 */
function grammar(output: Output, argv: readonly string[], ended: (code: number) => void): Command {
  const program = new Command("argmin")
    .description("Train, evaluate and ship image classifiers.")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .addHelpText(
      "after",
      "\nFirst time here: argmin quickstart\nExit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted",
    )
    .configureHelp({
      subcommandTerm: (cmd) => [cmd.name(), ...cmd.registeredArguments.map(argumentTerm)].join(" "),
    })
    // Its errors are told by `output`, like all others.
    .configureOutput({ outputError: () => {} })
    .exitOverride();
  const command = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .option("--json", "one JSON object a line on stdout, text for people on stderr");
  const withRuns = (cmd: Command) => cmd.option("--runs <dir>", "where run folders are made", "runs");
  const device = ["--device <device>", "auto, cpu (native), wasm or webgpu", "auto"] as const;
  const unknownBelow = [
    "--unknown-below <p>",
    "call unknown what is less probable; 0: nothing (default: as train --unknown found)",
  ] as const;
  const examples = (...lines: string[]) => `\nExamples\n${lines.map((line) => `  argmin ${line}`).join("\n")}`;

  withRuns(command("quickstart", "the first run, in a minute: built-in pictures"))
    .option("--seed <n>", "another start")
    .addHelpText("after", examples("quickstart", "quickstart --seed 2 --runs /tmp/runs"))
    .action(async (flags) => {
      ended(await (await import("./quickstart.ts")).quickstartCommand(output, flags, argv));
    });

  withTrainFlags(
    withRuns(command("train", "train on pictures and export model.onnx")).argument(
      "[data]",
      "a folder or a list of pictures, IDX or CIFAR files, or builtin:shapes",
    ),
  )
    .option(...device)
    .option("--config <file>", "options from a YAML file, such as the config.yaml of a run; flags win")
    .option("--name <name>", "name of the run folder (default: made of data and model)")
    .addHelpText(
      "after",
      `\n${DATA}\n\n${UNIT_OPTIONS}\n${examples(
        "train photos --size 64",
        "train fashion-mnist --model linear --loss hinge --l2 1e-4 --epochs 10",
        "train photos --find-learning-rate --optimizer momentum",
        "train photos --dropout 0.5 --schedule step:every=5 --clip-norm 1",
      )}`,
    )
    .action(async (data, flags) => {
      ended(await (await import("./train.ts")).trainCommand(output, data, flags, argv));
    });

  command("resume", "go on with a run that was interrupted, or make it longer")
    .argument("<run>", "the folder of the run")
    .option("--epochs <n>", "the epochs of the whole run, to make it longer")
    .option("--steps <n>", "the steps of the whole run")
    .option("--time <time>", "the time of the whole run, such as 10m")
    .option("--patience <epochs>", "end after so many epochs without a better one")
    .option("--data <path>", "where the pictures are now (default: where they were)")
    .option("--cache <dir>", "as for train")
    .option("--no-report", "write no report.html")
    .addHelpText(
      "after",
      `
Goes on from the last checkpoint: state, data order, augmentation, dropout and
schedule are what they would have been, and so are the weights in the end, to
the last bit, on the same kind of processor. A run that is made longer goes on
by the schedule of the longer run.
${examples("resume runs/photos-fastnet", "resume runs/photos-fastnet --epochs 40")}`,
    )
    .action(async (run, flags) => {
      ended(await (await import("./resume.ts")).resumeCommand(output, run, flags, argv));
    });

  addTuneCommands({ output, argv, command, withRuns, device, examples, ended });

  command("evaluate", "judge a model by a data set's test pictures")
    .argument("<model>", "a run folder or a model.onnx")
    .argument("<data>", "as for train")
    .option("--split <file>", "judge by the test pictures of this split.json")
    .option("--depth <n>", "how many folders name a class, as in training")
    .option(...unknownBelow)
    .option(...device)
    .addHelpText(
      "after",
      `\nLooks at the data's own test pictures, else at those that the run held out,\nelse at all.\n${examples("evaluate runs/photos-fastnet photos", "evaluate model.onnx more-photos --json")}`,
    )
    .action(async (model, data, flags) => {
      ended(await (await import("./evaluate.ts")).evaluateCommand(output, model, data, flags));
    });

  command("predict", "say what is on pictures")
    .argument("<model>", "a run folder or a model.onnx")
    .argument("<pictures...>", "picture files, or folders of them")
    .option("--format <format>", "text, json or csv (default: text)")
    .option("--top <n>", "guesses for each picture", "3")
    .option(...unknownBelow)
    .option(...device)
    .addHelpText(
      "after",
      examples("predict runs/quickstart cat.jpg", "predict model.onnx photos --format csv > labels.csv"),
    )
    .action(async (model, pictures, flags) => {
      ended(await (await import("./predict.ts")).predictCommand(output, model, pictures, flags));
    });

  command("serve", "answer over HTTP what is on pictures")
    .argument("<model>", "a run folder or a model.onnx")
    .option("--host <address>", "0.0.0.0 lets other machines in", "127.0.0.1")
    .option("--port <n>", "0 takes any that is free", "8080")
    .option("--top <n>", "guesses for each picture", "3")
    .option(...unknownBelow)
    .option("--max-bytes <n>", "of one request", "10M")
    .option("--max-pixels <n>", "of one picture (default: 50M)")
    .option("--max-batch <n>", "pictures in one request (default: 100; 10000 rows of numbers)")
    .option("--concurrency <n>", "pictures at a time (default: cores, up to 4)")
    .option("--queue <n>", "requests that may wait; others get 503", "128")
    .option("--timeout <time>", "within which a request must have come", "10s")
    .option("--grace <time>", "for what is in hand when it is told to stop", "10s")
    .option(...device)
    .addHelpText(
      "after",
      `
POST /predict with a picture as the body answers with JSON as predict does; with
a form of several files it answers with a list. GET / is a page to try it,
/openapi.json describes it, /health says how it is. Ctrl-C or SIGTERM lets it
finish what is in hand. With --json, each request is a line on stdout.
${examples("serve runs/photos-fastnet", "serve model.onnx --port 0 --max-pixels 20M --json")}`,
    )
    .action(async (model, flags) => {
      ended(await (await import("./serve.ts")).serveCommand(output, model, flags));
    });

  withRuns(command("studio", "a page with every run as it happens, and lessons on how it works"))
    .option("--port <n>", "0 takes any that is free", "4242")
    .option("--storage <url>", "of studies, as for tune (default: sqlite:<runs>/studies.db)")
    .option("--export-lab <dir>", "write the lessons as a folder for any static host, and end")
    .addHelpText(
      "after",
      `
Runs that were started elsewhere appear as they train. The page is served to this
machine alone, loads nothing from any other, and no run is changed but by you.
Through ssh: ssh -L 4242:127.0.0.1:4242 <machine>, then open the same address here.
${examples("studio", "studio --runs /data/runs --port 0")}`,
    )
    .action(async (flags) => {
      ended(await (await import("./studio.ts")).studioCommand(output, flags));
    });

  command("explain", "show which parts of a picture speak for a class")
    .argument("<run>", "the folder of a finished run")
    .argument("<picture>", "a picture; for a run on numbers a file of rows")
    .option("--class <name>", "the class to explain (default: the predicted one)")
    .option("--method <name>", `${list(methods)}`)
    .option("--graph", "also graph.svg: every unit with its value and its gradient")
    .option("--out <dir>", "the folder to write (default: <run>/explain/<picture>)")
    .option("--row <n>", "which row of a file of numbers (default: 1)")
    .option(...device)
    .addHelpText(
      "after",
      `
Methods, of which Grad-CAM is taken where there is a convolution, else the last:
${Object.values(methods)
  .map(({ name, summary }) => `  ${name.padEnd(16)}${summary}`)
  .join("\n")}

Writes overlay.png (the map over the picture), heat.png (the map alone, to lay
over it) and scores.json; of a row of numbers contributions.csv in their place.
Yellow is most, violet little; where there are two signs, red speaks for the
class and blue against it. --graph draws the network for this very picture.
${examples("explain runs/photos-fastnet cat.jpg", "explain runs/photos-fastnet cat.jpg --class dog --method hires-cam --graph", "explain runs/iris-mlp iris.csv --row 100")}`,
    )
    .action(async (run, picture, flags) => {
      ended(await (await import("./explain.ts")).explainCommand(output, run, picture, flags));
    });

  command("export", "write a run's model for others, proven to answer as the run did")
    .argument("<run>", "the folder of a finished run")
    .option("--out <dir>", "the folder to write (default: <run>/export)")
    .option("--pictures <n>", `golden pictures to prove it on (default: ${GOLDEN_PICTURES})`)
    .option("--data <path>", "where the run's data lie now, when they were moved")
    .option("--quantize <type>", "int8: also write model.int8.onnx, a quarter of the size")
    .option("--unknown [share]", "call unknown what is not probable enough, as train --unknown does")
    .option("--web", "also write web/, a page that classifies pictures in a browser")
    .option("--training", "also write training/, the training step as ONNX, with notes")
    .addHelpText(
      "after",
      `
Writes model.onnx, reads it back, and runs it in native and in Wasm ONNX Runtime
on pictures that the run held out. Where a probability differs by more than 1e-5
from that of the run's own network, the file is refused and the exit code is 1.
golden.json beside it is the evidence.
${examples("export runs/photos-fastnet", "export runs/photos-fastnet --out shipped --quantize int8")}`,
    )
    .action(async (run, flags) => {
      ended(await (await import("./export.ts")).exportCommand(output, run, flags));
    });

  withRuns(command("check", "look for what is wrong with pictures and labels"))
    .argument("<data>", "as for train")
    .option("--out <dir>", "where the page goes (default: <runs>/<name>-check)")
    .option("--split <file>", "look at the splits of this split.json, or of a run folder")
    .option("--group-by <key>", "as for train: folder, column, or an expression on the path")
    .option("--strict", "exit 1 when something is wrong, not only when training is impossible")
    .option("--no-labels", "leave the labels unjudged, which is the slower half")
    .option("--depth <n>", "how many folders name a class, as in training")
    .option("--seed <n>", "of the split that train would cut, and of the judgement (default: 1)")
    .option(...device)
    .addHelpText(
      "after",
      `
Counts classes, splits, sizes and formats; names files that cannot be read,
pictures that are there twice (in two splits, or under two labels, above all),
near copies, classes that are missing or small, and labels that are doubtful.
Nothing is deleted or changed: it writes check.html, findings.csv, and
clean.csv, a list of the pictures to train on.
${examples("check photos", "check photos --strict --no-labels", "check labels.csv --out checked --json")}`,
    )
    .action(async (data, flags) => {
      ended(await (await import("./check.ts")).checkCommand(output, data, flags));
    });

  command("gradcheck", "compare every backward rule with differences")
    .option("--unit <name>", "one unit, with every sample: relu, conv2d, …")
    .option("--model <name>", `a whole network: ${list(models)}`)
    .option("--loss <name>", `with one loss instead of each: ${list(losses)}`)
    .option("--all", "every unit, and every model with every loss")
    .option("--seed <n>", "another point, other directions (default: 1)")
    .addHelpText(
      "after",
      `
A unit's backward rule says how the loss changes with its inputs. The difference
(L(x + h·d) − L(x − h·d)) / 2h says it too, without any rule: the two must agree
to a relative error of 1e-6, in float64. A large h cuts the curve short, a small
one drowns in rounding; steps from 1e-2 to 1e-9 are tried, and the best is told.
Where a function has a kink (relu at 0, a tie of a maximum) there is no slope to
agree on: such points are named, and the rule is checked beside them.
${examples("gradcheck", "gradcheck --unit relu", "gradcheck --model mlp --loss hinge", "gradcheck --all --json")}`,
    )
    .action(async (flags) => {
      ended(await (await import("./gradcheck.ts")).gradcheckCommand(output, flags));
    });

  command("models", "list the models with what each costs")
    .argument("[data]", "as for train; its pictures and classes count")
    .option("--size <pixels>", "height and width of the pictures (default: 32, or those of the data)")
    .option("--channels <n>", "1 grey, 3 colour (default: 3, or those of the data)")
    .option("--classes <n>", "how many there are (default: 10, or those of the data)")
    .option("--batch-size <n>", "pictures in one step of training (default: 64)")
    .addHelpText("after", examples("models", "models photos", "models --size 28 --channels 1 --classes 10 --json"))
    .action(async (data, flags) => {
      ended(await (await import("./models.ts")).modelsCommand(output, data, flags));
    });

  command("doctor", "say what is installed and how to mend the rest")
    .addHelpText("after", examples("doctor", "doctor --json"))
    .action(async () => {
      ended(await (await import("./doctor.ts")).doctorCommand(output));
    });

  return program;
}

/** What `--help` prints, by command; "" is the program itself. */
export function helpTexts(): Readonly<Record<string, string>> {
  const program = grammar(new Output(false), [], () => {});
  const helpOf = (command: Command) => {
    let text = "";
    command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 80 }).outputHelp();
    return text;
  };
  return Object.fromEntries([["", helpOf(program)], ...program.commands.map((each) => [each.name(), helpOf(each)])]);
}

/** Runs the command line; the process's exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
export async function main(argv: readonly string[]): Promise<number> {
  let code = 0;
  const output = new Output(argv.includes("--json"));
  const program = grammar(output, argv, (ending) => {
    code = ending;
  });
  try {
    if (argv.length === 0) {
      program.outputHelp();
      return 0;
    }
    refuseUnknownCommand(argv[0], program);
    if (argv[0] === "help") refuseUnknownCommand(argv[1], program);
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const told = error instanceof CommanderError ? explain(error, program, argv[0]) : error;
    output.error(told);
    return told instanceof UsageError ? told.exitCode : 1;
  }
}

function refuseUnknownCommand(word: string | undefined, program: Command): void {
  const names = program.commands.map((cmd) => cmd.name());
  if (word === undefined || word.startsWith("-") || word === "help" || names.includes(word)) return;
  const near = nearest(word, names);
  throw new UsageError(
    "argmin",
    `there is no command "${word}"`,
    near ? `did you mean "${near}"?` : `choose one of ${names.join(", ")}`,
  );
}

/** An error of the command line's grammar, in our form: where, what, how to mend. */
function explain(error: CommanderError, program: Command, word: string): UsageError {
  const command = program.commands.find((cmd) => cmd.name() === word);
  const name = command ? `argmin ${word}` : "argmin";
  const [, quoted = ""] = /'([^']+)'/.exec(error.message) ?? [];
  const help = `see ${name} --help`;
  switch (error.code) {
    case "commander.unknownOption": {
      const options = (command ?? program).options.map(({ long }) => long!);
      const near = nearest(quoted, options);
      return new UsageError(quoted, `${name} has no such option`, near ? `did you mean "${near}"?` : help);
    }
    case "commander.optionMissingArgument":
      return new UsageError(quoted.split(" ")[0], "its value is missing", `write ${quoted}; ${help}`);
    case "commander.missingArgument":
      return new UsageError(name, `<${quoted}> is missing`, `write ${name} ${command!.usage()}; ${help}`);
    case "commander.excessArguments":
      return new UsageError(name, "there are too many arguments", `quote a path that has spaces; ${help}`);
    default:
      return new UsageError(name, error.message.replace(/^error: /, "").replace(/\.$/, ""), help);
  }
}
