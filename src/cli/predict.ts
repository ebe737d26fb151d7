import { choose, UsageError } from "../core/index.ts";
import { csvField, type PicturePrediction, predict } from "../experiment/node/index.ts";
import { type Output, percent, style } from "./output.ts";
import { devices, parseNumber } from "./train-options.ts";

type Show = (output: Output, prediction: PicturePrediction) => void;

const formats: Readonly<Record<string, { readonly begin?: string; readonly show: Show }>> = {
  text: {
    show: (output, prediction) => {
      if ("error" in prediction)
        return output.say(`${prediction.path}: ${style("yellow", `skipped, ${prediction.error}`)}`);
      const others = prediction.top.slice(1).map(({ label, probability }) => `${label} ${percent(probability)}`);
      const line = `${prediction.path}: ${style("bold", prediction.label)} ${percent(prediction.probability)}`;
      output.say(others.length > 0 ? `${line}   ${others.join(", ")}` : line);
    },
  },
  json: {
    show: (_output, prediction) => {
      process.stdout.write(`${JSON.stringify(prediction)}\n`);
    },
  },
  csv: {
    begin: "path,label,probability,error\n",
    show: (_output, prediction) => {
      const cells =
        "error" in prediction
          ? ["", "", csvField(prediction.error)]
          : [csvField(prediction.label), prediction.probability.toFixed(6), ""];
      process.stdout.write(`${[csvField(prediction.path), ...cells].join(",")}\n`);
    },
  },
};

export async function predictCommand(
  output: Output,
  model: string,
  pictures: readonly string[],
  flags: { readonly device: string; readonly format?: string; readonly top: string },
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
  if (begin !== undefined) process.stdout.write(begin);
  const onStart = ({ notes }: { readonly notes: readonly string[] }) => {
    for (const note of notes) output.warn(note);
  };
  for await (const prediction of predict(model, pictures, { device, top, onStart })) {
    if (output.abandoned) break;
    show(output, prediction);
    if ("error" in prediction) failed++;
    else read++;
  }
  return read === 0 && failed > 0 ? 1 : 0;
}
