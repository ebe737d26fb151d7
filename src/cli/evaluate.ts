import { choose, UsageError } from "../core/index.ts";
import { type EvaluationResult, evaluate } from "../experiment/node/index.ts";
import { classTable, qualityLine, range, unknownLine } from "./figures-lines.ts";
import { onInterrupt } from "./interrupt.ts";
import { grouped, type Output, percent, style } from "./output.ts";
import { devices, parseNumber, parseProbability } from "./train-options.ts";

export async function evaluateCommand(
  output: Output,
  model: string,
  data: string,
  flags: { readonly device: string; readonly split?: string; readonly depth?: string; readonly unknownBelow?: string },
): Promise<number> {
  const { signal, release } = onInterrupt(output, "Stopping.");
  try {
    const result = await evaluate(model, data, {
      device: choose("--device", devices, flags.device),
      signal,
      ...(flags.split === undefined ? {} : { split: flags.split }),
      ...(flags.unknownBelow === undefined ? {} : { unknownBelow: parseProbability(flags.unknownBelow) }),
      ...(flags.depth === undefined ? {} : { depth: parseNumber("--depth", flags.depth, "1") }),
      onProgress: ({ done, total }) => output.progress(done, total, `${grouped(done)} of ${grouped(total)} pictures`),
    });
    output.endProgress();
    for (const note of result.notes) output.warn(note);
    for (const { path, reason } of result.skipped) output.say(`skipped ${path}: ${reason}`);
    output.say(
      `${style("bold", percent(result.accuracy))} of ${grouped(result.images)} pictures right (${result.subset})`,
    );
    output.say(`  95 % interval ${range(result.interval)}`);
    output.say(qualityLine(result));
    const top = result.topK.map(({ k, accuracy }) => `, top-${k} ${percent(accuracy)}`).join("");
    output.say(`  macro-F1 ${percent(result.macroF1)}${top}`);
    if (result.unknown !== null) {
      output.say(unknownLine(result.unknown.below, result.unknown));
      if (result.foreign !== null) output.say(foreignLine(result.foreign));
    }
    if (result.subset === "all pictures") output.say("Pictures that it was trained on may be among them.");
    for (const line of classTable(result.perClass, result.classes)) output.say(line);
    const { skipped: _skipped, notes: _notes, ...figures } = result;
    output.event({ event: "done", ...figures });
    return 0;
  } catch (error) {
    if (signal.aborted) {
      output.error(new UsageError("argmin evaluate", "it was interrupted", "run it again; it changes nothing"));
      return 130;
    }
    throw error;
  } finally {
    release();
  }
}

function foreignLine({ classes, images, turnedAway }: NonNullable<EvaluationResult["foreign"]>): string {
  const names = classes.length === 1 ? `class ${classes[0]}` : `${classes.length} classes`;
  return `  of ${grouped(images)} others, of ${names} that it does not know: ${percent(turnedAway)} turned away`;
}
