import { UsageError } from "../../core/index.ts";
import { openSource } from "../../data/node/index.ts";
import type { Section } from "../../report/index.ts";
import { isSolver, type LearningRateRange } from "../../train/index.ts";
import { trainInWorker } from "../../train/node/index.ts";
import type { Settings, TrainOptions } from "../options.ts";
import { resolve } from "../resolve.ts";
import { withModel } from "../settle-model.ts";
import { prepare } from "./prepare.ts";
import { Reporter } from "./reporter.ts";
import { RunFolder } from "./run-folder.ts";
import { WriteQueue } from "./write-queue.ts";

export interface FindLearningRateOptions extends Omit<TrainOptions, "command"> {
  /** What to type to train with a rate; it is shown in the report. */
  readonly command?: (learningRate: number) => string;
}

/** What the range test found, and where it was written. */
export interface LearningRateSearch extends LearningRateRange {
  readonly folder: string | null;
  readonly settings: Settings;
}

/**
 * Looks for a learning rate with the range test (Smith 2017) instead of training: 100 to 200 steps from the initial weights of
 * the very run that the options describe, with a rate that rises from 1e-7 to 10 until the loss diverges.
 *
 * @example
 * const { suggestion } = await findLearningRate({ data: "photos", model: cnn(), optimizer: momentum() });
 * if (suggestion !== null) await train({ data: "photos", model: cnn(), optimizer: momentum({ learningRate: suggestion }) });
 *
 * @throws UsageError as `train` does, and for a solver, which has no learning rate
 */
export async function findLearningRate(options: FindLearningRateOptions): Promise<LearningRateSearch> {
  const { command, ...asked } = options;
  const source = typeof asked.data === "string" ? await openSource(asked.data, { depth: asked.depth }) : asked.data;
  const { options: own, chosen } = await withModel(source, asked);
  const settings = resolve(own, source);
  const { name } = settings.optimizer;
  if (isSolver(name)) {
    throw new UsageError("find learning rate", `${name} has no learning rate`, "choose an optimizer, such as adam");
  }
  const folder = own.folder === undefined ? undefined : await RunFolder.create(own.folder, settings, "test");
  const writes = new WriteQueue();
  const report = new Reporter(own.onEvent ?? (() => {}), folder, writes);
  if (chosen) report.send({ type: "model", model: chosen.model.name, why: chosen.why });
  try {
    const range = await rangeOf(own, settings, source, folder, report);
    const search = { ...range, folder: own.folder ?? null, settings };
    await writes.settled();
    if (folder !== undefined) await folder.writeReport(await reportOf(search, command));
    const { suggestion, divergedAt, curve } = range;
    await folder?.appendEvent({ event: "learning-rate", suggestion, divergedAt, curve });
    return search;
  } catch (error) {
    await writes.settled().catch(() => {});
    await folder?.discard();
    throw error;
  }
}

/** Runs the test in a worker. */
async function rangeOf(
  options: TrainOptions,
  settings: Settings,
  source: Parameters<typeof prepare>[0],
  folder: RunFolder | undefined,
  report: Reporter,
): Promise<LearningRateRange> {
  const { plan } = await prepare(source, settings, options, folder, report);
  const parameters = plan.parameters.reduce((total, { name }) => total + plan.initial[name].length, 0);
  let found: LearningRateRange | undefined;
  const worker = trainInWorker(
    plan,
    (event) => {
      if (event.type === "ready") {
        const { description: device, notes } = event;
        const start = { model: settings.model.name, parameters, device, notes, folder: options.folder ?? null };
        report.send({ type: "start", ...start });
      } else if (event.type === "trial") report.send(event);
      else if (event.type === "range") found = event.range;
    },
    options.signal,
    "range",
  );
  try {
    await worker.ended;
  } finally {
    await worker.close();
  }
  options.signal?.throwIfAborted();
  if (found!.curve.length === 0) {
    throw new UsageError(
      "find learning rate",
      `the loss is not a number at the first step, where the rate is ${found!.divergedAt}`,
      "look at the pictures, and at the strengths of the penalties",
      1,
    );
  }
  return found!;
}

async function reportOf(search: LearningRateSearch, command: FindLearningRateOptions["command"]): Promise<string> {
  // Loaded when it is wanted: what draws takes 0.2 s to load, which every other command would wait for.
  const { commandHtml, escapeHtml, learningRateFigure, page } = await import("../../report/index.ts");
  const { suggestion, divergedAt, settings, curve } = search;
  const { model, optimizer, batchSize, accumulate } = settings;
  const paragraphs = [
    suggestion === null
      ? "The loss never falls by more than chance, so there is no rate to propose: try another optimizer, or look at the data."
      : `The loss falls most steeply at a learning rate of ${rounded(suggestion)}: a good highest rate for a schedule.`,
    divergedAt === null
      ? `It has not diverged up to ${rounded(curve.at(-1)!.learningRate)}.`
      : `It diverges at ${rounded(divergedAt)}: stay well below.`,
  ].map((text) => `<p>${escapeHtml(text)}</p>`);
  const typed =
    suggestion === null || command === undefined
      ? ""
      : `<p>To train with it:</p>\n${commandHtml(command(rounded(suggestion)))}`;
  const pictures = accumulate === 1 ? `${batchSize}` : `${accumulate} × ${batchSize}`;
  const sections: Section[] = [
    { heading: "Range test", body: learningRateFigure(search) },
    { heading: "What it says", body: [...paragraphs, typed].join("\n") },
  ];
  return page({
    title: `A learning rate for ${settings.data}`,
    subtitle: `${model.name}, ${settings.loss.name}, ${optimizer.name}, ${pictures} pictures a step, seed ${settings.seed}`,
    sections,
  });
}

/** Two digits: the test says no more. */
export const rounded = (rate: number): number => Number(rate.toPrecision(2));
