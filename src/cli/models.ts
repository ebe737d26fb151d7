import { costOf, type DataFacts, defaults, trainingBytes, usualLoss } from "../experiment/index.ts";
import { type Model, models } from "../models/index.ts";
import { type FactsFlags, factsOf, whole } from "./data-facts.ts";
import { grouped, type Output, style } from "./output.ts";

/** The flags of `models`. */
export interface ModelsFlags extends FactsFlags {
  readonly batchSize?: string;
}

/** What one model costs for some input. */
interface Row {
  readonly model: string;
  readonly summary: string;
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly trainingBytes: number;
}

function rowOf(model: Model, facts: DataFacts, batch: number): Row {
  const { numbers, height, width, channels, classes } = facts;
  const options = model.settle ? model.settle(model.defaults, { height, width }) : model.defaults;
  const choice = { kind: "model" as const, name: model.name, options: { ...options } };
  const perInput = Array.from({ length: numbers ? width : channels }, () => 1);
  const recipe = {
    ...{ model: choice, loss: usualLoss({}), regularizers: [], optimizer: defaults.optimizer },
    ...{ normalization: { mean: perInput, deviation: perInput }, height, width, channels, classes },
    ...(numbers ? { kind: "numbers" as const } : {}),
  };
  return {
    ...{ model: model.name, summary: model.summary },
    ...costOf({ data: "", model: choice }, facts),
    trainingBytes: trainingBytes(recipe, batch),
  };
}

/** 1.2 M, 345 k. */
function short(n: number): string {
  const [unit, scale] = n >= 1e9 ? ["G", 1e9] : n >= 1e6 ? ["M", 1e6] : n >= 1e3 ? ["k", 1e3] : ["", 1];
  return `${scale === 1 || n / scale >= 100 ? Math.round(n / scale) : (n / scale).toPrecision(2)} ${unit}`.trimEnd();
}

/** Lists all models with what each costs for a given input. */
export async function modelsCommand(output: Output, data: string | undefined, flags: ModelsFlags): Promise<number> {
  const facts = await factsOf(data, flags);
  const batch = whole("--batch-size", flags.batchSize, 64);
  const { numbers, height, width, channels, classes } = facts;
  const input = numbers ? `${width} numbers` : `pictures ${height}×${width}, ${channels === 1 ? "grey" : "colour"}`;
  output.say(`for ${input}, ${classes} classes; memory of training in batches of ${batch}`);
  output.say(
    style(
      "dim",
      `\n  ${"model".padEnd(9)}${"parameters".padStart(11)}${"mult-adds".padStart(11)}${"memory".padStart(9)}`,
    ),
  );
  for (const model of Object.values(models)) {
    if (numbers && model.picturesOnly) continue;
    const row = rowOf(model, facts, batch);
    const memory = `${grouped(Math.ceil(row.trainingBytes / 2 ** 20))} MiB`;
    output.say(
      `  ${style("bold", row.model.padEnd(9))}${short(row.parameters).padStart(11)}${short(row.multiplyAdds).padStart(11)}${memory.padStart(9)}`,
    );
    output.say(style("dim", `    ${row.summary}`));
    output.event({ event: "model", ...row, batchSize: batch });
  }
  output.say("\nMultiplications, each with an addition, are those of one answer; a step takes");
  output.say("three times as many for each picture. Memory is that of the step's values.");
  return 0;
}
