import { choose, UsageError } from "../core/index.ts";
import type { Guess } from "../experiment/index.ts";
import { csvField, type PicturePrediction, type PredictOptions, predict } from "../experiment/node/index.ts";
import { type Output, percent, style } from "./output.ts";
import { devices, parseNumber, parseProbability } from "./train-options.ts";

/** @param unknownBelow 0 where every answer counts */
type Show = (output: Output, prediction: PicturePrediction, unknownBelow: number) => void;

interface Format {
  readonly begin?: (unknownBelow: number) => string;
  readonly show: Show;
}

/** What stands in place of a class; with --format csv the nearest one has a column of its own, so that it is never mistaken. */
const UNKNOWN = "unknown";

const guessesOf = (guesses: readonly Guess[]) =>
  guesses.map(({ label, probability }) => `${label} ${percent(probability)}`).join(", ");

const formats: Readonly<Record<string, Format>> = {
  text: {
    show: (output, prediction) => {
      if ("error" in prediction)
        return output.say(`${prediction.path}: ${style("yellow", `skipped, ${prediction.error}`)}`);
      const { path, label, probability, top } = prediction;
      if (label === null) return output.say(`${path}: ${style("yellow", UNKNOWN)}   nearest ${guessesOf(top)}`);
      const line = `${path}: ${style("bold", label)} ${percent(probability)}`;
      output.say(top.length > 1 ? `${line}   ${guessesOf(top.slice(1))}` : line);
    },
  },
  json: {
    show: (_output, prediction) => {
      process.stdout.write(`${JSON.stringify(prediction)}\n`);
    },
  },
  csv: {
    begin: (unknownBelow) => `path,label,probability,${unknownBelow > 0 ? "nearest," : ""}error\n`,
    show: (_output, prediction, unknownBelow) => {
      const cells =
        "error" in prediction
          ? { label: "", probability: "", nearest: "", error: prediction.error }
          : {
              label: prediction.label ?? UNKNOWN,
              probability: prediction.probability.toFixed(6),
              nearest: prediction.nearest ?? "",
              error: "",
            };
      const { label, probability, nearest, error } = cells;
      const told = [prediction.path, label, probability, ...(unknownBelow > 0 ? [nearest] : []), error];
      process.stdout.write(`${told.map(csvField).join(",")}\n`);
    },
  },
};

export async function predictCommand(
  output: Output,
  model: string,
  pictures: readonly string[],
  flags: { readonly device: string; readonly format?: string; readonly top: string; readonly unknownBelow?: string },
): Promise<number> {
  if (output.json && flags.format !== undefined && flags.format !== "json") {
    throw new UsageError("--format", `is ${flags.format} beside --json`, "leave one of them out");
  }
  const top = parseNumber("--top", flags.top);
  if (!Number.isInteger(top) || top < 1) {
    throw new UsageError("--top", `"${flags.top}" is no number of guesses`, "give a whole number, 1 or more");
  }
  const { begin, show } = choose("--format", formats, flags.format ?? (output.json ? "json" : "text"));
  const device = choose("--device", devices, flags.device);
  let read = 0;
  let failed = 0;
  let unknownBelow = 0;
  const options: PredictOptions = {
    ...{ device, top },
    ...(flags.unknownBelow === undefined ? {} : { unknownBelow: parseProbability(flags.unknownBelow) }),
    onStart: (opened) => {
      for (const note of opened.notes) output.warn(note);
      unknownBelow = opened.unknownBelow;
      if (begin !== undefined) process.stdout.write(begin(unknownBelow));
    },
  };
  for await (const prediction of predict(model, pictures, options)) {
    if (output.abandoned) break;
    show(output, prediction, unknownBelow);
    if ("error" in prediction) failed++;
    else read++;
  }
  return read === 0 && failed > 0 ? 1 : 0;
}
