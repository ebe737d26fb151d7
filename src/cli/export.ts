import { choose, UsageError } from "../core/index.ts";
import { type BeforeAfter, type Exported, exportRun, type Quantized } from "../experiment/node/index.ts";

import { unknownLine } from "./figures-lines.ts";
import { fitted } from "./fitted.ts";
import { onInterrupt } from "./interrupt.ts";
import { grouped, type Output, percent, quoted, style } from "./output.ts";
import { parseNumber, parseUnknown } from "./train-options.ts";

export interface ExportFlags {
  readonly out?: string;
  readonly pictures?: string;
  readonly data?: string;
  readonly quantize?: string;
  readonly web?: boolean;
  readonly unknown?: string | true;
  readonly training?: boolean;
}

export async function exportCommand(output: Output, run: string, flags: ExportFlags): Promise<number> {
  const { signal, release } = onInterrupt(output, "Stopping.");
  try {
    const unknown = parseUnknown(flags.unknown);
    const exported = await exportRun(run, {
      ...(flags.out === undefined ? {} : { out: flags.out }),
      ...(flags.data === undefined ? {} : { data: flags.data }),
      ...(flags.pictures === undefined ? {} : { pictures: wholeNumber("--pictures", flags.pictures) }),
      ...(flags.quantize === undefined
        ? {}
        : { quantize: choose("--quantize", { int8: "int8" } as const, flags.quantize) }),
      ...(flags.web ? { web: true } : {}),
      ...(unknown === undefined ? {} : { unknown }),
      ...(flags.training ? { training: true } : {}),
      signal,
      onProgress: ({ done, total, what }) =>
        output.progress(done, total, `${what} (${grouped(done)} of ${grouped(total)} pictures)`),
    });
    output.endProgress();
    tell(output, exported);
    return 0;
  } catch (error) {
    if (!signal.aborted) throw error;
    output.error(new UsageError("argmin export", "it was interrupted", "run it again; nothing was kept"));
    return 130;
  } finally {
    release();
  }
}

function wholeNumber(flag: string, text: string): number {
  const value = parseNumber(flag, text, "1000");
  if (Number.isInteger(value) && value >= 1) return value;
  throw new UsageError(flag, `"${text}" is not a whole number, 1 or more`, `write for example ${flag} 1000`);
}

const scientific = (value: number) => (value === 0 ? "0" : value.toExponential(1));

function tell(output: Output, exported: Exported): void {
  const { folder, model, bytes, proof, origin, skipped, int8, web, training, unknown, notes } = exported;
  for (const note of notes) output.warn(note);
  for (const { path, reason } of skipped) output.warn(`skipped ${path}: ${reason}`);
  output.say(`${style("bold", model)}, ${grouped(bytes)} bytes`);
  output.say(`  proven on ${grouped(proof.pictures)} ${origin} ${proof.pictures === 1 ? "picture" : "pictures"}:`);
  output.say("  largest difference in probability from the run's own network");
  for (const { device, largest } of proof.runtimes) output.say(`    ${scientific(largest).padEnd(8)} ${device}`);
  if (proof.predictions !== null) {
    output.say(
      `    ${scientific(proof.predictions.largest).padEnd(8)} the run's predictions.csv, which has six decimals`,
    );
  }
  output.say(`  ${fitted(`${folder}/golden.json is the evidence`, 78)}`);
  if (unknown !== null) output.say(unknownLine(unknown.below, unknown.test ?? unknown.validation));
  if (int8 !== null) tellInt8(output, int8);
  if (web !== null) {
    output.say(`${style("bold", web)}, a page that classifies pictures; to open it:`);
    output.say(style("bold", `python3 -m http.server --directory ${quoted(web)}`));
    output.say("  or any other web server; opened as a file it cannot load its model");
  }
  if (training !== null) {
    const { batch, losses, largest } = training;
    output.say(
      `${style("bold", training.folder)}, the training step for batches of ${batch}; README.md says how to run it`,
    );
    const alike = largest === null ? "" : `, native and Wasm ${scientific(largest)} apart`;
    output.say(`  two steps on a drawn batch: loss ${losses.map((loss) => loss.toFixed(4)).join(", then ")}${alike}`);
  }
  output.event({ event: "done", model, bytes, origin, ...proof, int8, web, training, unknown });
}

function tellInt8(output: Output, { model, bytes, weightBytes, runtimes, change, accuracy }: Quantized): void {
  output.say(`${style("bold", model)}, ${grouped(bytes)} bytes`);
  output.say(`  weights take ${percent(weightBytes.after / weightBytes.before)} of their bytes`);
  output.say(`    ${scientific(runtimes).padEnd(8)} is the largest difference between the runtimes`);
  output.say(`    ${scientific(change).padEnd(8)} is the largest difference from float32 weights`);
  const line = (name: string, judged: BeforeAfter | null) => {
    if (judged === null) return;
    const { before, after, pictures } = judged;
    output.say(
      `  ${name} ${percent2(before)} before, ${style("bold", percent2(after))} after (${grouped(pictures)} pictures)`,
    );
  };
  line("validation:", accuracy.validation);
  line("test:      ", accuracy.test);
}

/** With a digit more than usual: the difference is small. */
const percent2 = (share: number) => `${(100 * share).toFixed(2)} %`;
