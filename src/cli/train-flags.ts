import type { Command } from "commander";
import { augmentations, presets } from "../data/index.ts";
import { losses } from "../losses/index.ts";
import { models } from "../models/index.ts";
import { activations } from "../nn/index.ts";
import { optimizers } from "../optimizers/index.ts";
import { fits } from "../preprocess/index.ts";
import { schedules } from "../schedules/index.ts";
import { solvers } from "../solvers/index.ts";

const list = (catalogue: object) => Object.keys(catalogue).join(", ");

/** How a unit's options are written behind its name. */
export const UNIT_OPTIONS = `Options of a model, loss, optimizer, … stand behind its name:
  --model vit:dim=96,depth=6          --loss focal:gamma=1
  --schedule step:every=10,gamma=0.5
  --optimizer adam:beta1=0.95         --schedule multi-step:milestones=5+8
  --augment flip,rotate:degrees=20    --augment standard,erasing:most=0.2`;

/** The options of `argmin train`, in the order in which a run needs them. */
export function withTrainFlags(command: Command): Command {
  return command
    .option(
      "--model <name>",
      `${list(models)}, or auto, which chooses by the data and --time and says why (default: fastnet)`,
    )
    .option("--hidden <units>", "mlp: units of each hidden layer (default: 512,256)")
    .option("--filters <list>", "cnn: filters of each stage, such as 32,64 (default: by the size of the pictures)")
    .option("--kernel <pixels>", "cnn: height and width of the filters (default: 3)")
    .option("--activation <name>", `${list(activations)} (default: relu; vit: gelu)`)
    .option("--dropout <rate>", "mlp, cnn, vit: share of the values left out of each step, to a 256th (default: 0)")
    .option("--loss <name>", `${list(losses)} (default: cross-entropy)`)
    .option("--class-weights <list>", "how much each class counts in the loss, such as 1,2,0.5")
    .option("--balance <way>", "none, weights or sample: make up for rare classes (default: none)")
    .option(
      "--optimizer <name>",
      `${list(optimizers)} (default: adam); for a linear model also ${list(solvers)}, which find the optimum without a rate`,
    )
    .option("--learning-rate <rate>", "step size (default: the optimizer's own)")
    .option("--find-learning-rate", "do not train: try rates from 1e-7 to 10, and propose one")
    .option("--momentum <share>", "momentum: share of the velocity that is kept (default: 0.9)")
    .option("--schedule <name>", `${list(schedules)} (default: cosine)`)
    .option("--warm-up <epochs>", "epochs in which the rate rises from a tenth (default: 0)")
    .option("--l1 <strength>", "add strength · Σ|W| to the loss")
    .option("--l2 <strength>", "add strength · ΣW² to the loss")
    .option("--elastic-net <strength>", "add both, half of each; strength,share for another share of l1")
    .option("--max-norm <limit>", "keep the weights into each unit within this length")
    .option("--penalize-biases", "penalties and limits hold for biases, too")
    .option("--clip-norm <length>", "shorten a gradient that is longer than this")
    .option("--clip-value <bound>", "keep each number of the gradient within ± this")
    .option("--average-weights <decay>", "judge and export a moving average, such as 0.999")
    .option(
      "--augment <list>",
      `change training pictures at random: ${list(presets)}; or ${list(augmentations)} (default: none). ` +
        "No preset flips, since digits and text must not: where sides do not matter, write standard,flip",
    )
    .option("--epochs <n>", "passes over the training pictures (default: 10)")
    .option("--steps <n>", "instead: steps, which may end within an epoch")
    .option("--time <time>", "instead: how long to train, such as 5m or 1h30m; the schedule spans it")
    .option("--patience <epochs>", "end after so many epochs without a better one")
    .option("--checkpoint-every <time>", "a checkpoint within long epochs, too (default: 60s)")
    .option("--batch-size <n>", "pictures in one step (default: 64, or 32 for small sets)")
    .option("--accumulate <n>", "batches whose gradients make one update (default: 1)")
    .option(
      "--size <pixels>",
      "height and width that pictures are brought to (default: 64, or their own when all agree)",
    )
    .option("--fit <way>", `other proportions: ${list(fits)} (default: letterbox)`)
    .option("--split <file>", "train, validate and test on the pictures of a split.json")
    .option("--group-by <what>", "keep groups whole: folder, column, or an expression on the path")
    .option(
      "--unknown [share]",
      "call unknown what is not probable enough; may turn away this share of right answers (default: 0.05)",
    )
    .option("--channels <n>", "1 grey, 3 colour, auto: 1 where every picture is grey (default: auto)")
    .option("--depth <n>", "how many folders name a class (default: all of them)")
    .option("--folds <k>", "cross-validation: train k times, each judged on another part of the pictures")
    .option("--seed <n>", "decides split, first weights and order (default: 1)")
    .option("--threads <n>", "threads of one step (default: all cores)")
    .option("--cache <dir>", "keep decoded pictures there; none keeps none (default: the user's cache folder)")
    .option("--picture-memory <MiB>", "stream pictures that take more from a file (default: a quarter of all memory)")
    .option("--no-report", "write no report.html, which takes a second");
}
