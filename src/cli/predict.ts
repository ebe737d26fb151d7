import { choose } from "../core/index.ts";
import { csvField, type PicturePrediction, predict } from "../experiment/node/index.ts";
import { devices } from "./evaluate.ts";
import { type Output, percent, style } from "./output.ts";
import { parseNumber } from "./train-options.ts";

type Show = (output: Output, prediction: PicturePrediction) => void;

const formats: Readonly<Record<string, { readonly begin?: string; readonly show: Show }>> = {
  text: {
    show: (output, prediction) => {
      if ("error" in prediction)
        return output.say(`${prediction.path}: ${style("yellow", `skipped, ${prediction.error}`)}`);
      const others = prediction.top.slice(1, 3).map(({ label, probability }) => `${label} ${percent(probability)}`);
      output.say(
        `${prediction.path}: ${style("bold", prediction.label)} ${percent(prediction.probability)}   ${others.join(", ")}`,
      );
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
  const { begin, show } = choose("--format", formats, flags.format ?? (output.json ? "json" : "text"));
  const device = choose("--device", devices, flags.device);
  let read = 0;
  let failed = 0;
  if (begin !== undefined) process.stdout.write(begin);
  for await (const prediction of predict(model, pictures, { device, top: parseNumber("--top", flags.top) })) {
    show(output, prediction);
    if ("error" in prediction) failed++;
    else read++;
  }
  return read === 0 && failed > 0 ? 1 : 0;
}
