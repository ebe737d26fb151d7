import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { UsageError } from "../../../core/index.ts";
import type { Dataset, Source } from "../../../data/index.ts";
import type { Configuration } from "../../../space/index.ts";
import type { Perform, Task } from "../../../tune/index.ts";
import type { EpochRow, ExperimentEvent, Settings, TrainOptions } from "../../options.ts";
import { resolve } from "../../resolve.ts";
import { configurationToOptions, type DataFacts } from "../../tune/index.ts";
import { fingerprintOf, readCheckpoint } from "../checkpoint-file.ts";
import { loadDataset } from "../load-dataset.ts";
import { measuredRecipe } from "../prepare.ts";
import { resumeOn } from "../resume.ts";
import { openData, trainOn } from "../train.ts";
import { trialMetrics } from "./trial-metrics.ts";

/** What of the settings decides which data a network gets to see. */
const keyOf = ({ size, channels, fit, split, groupBy, seed }: Settings) =>
  JSON.stringify([size, channels, fit, split, groupBy, seed]);

/** Runs the trials of one study: data are loaded once, each trial is a training in a folder of its own. */
export class TrialTrainer {
  readonly source: Source;
  /** Of every trial, where its configuration says nothing else. */
  readonly options: TrainOptions;
  /** Threads of one trial. */
  threads = availableParallelism();
  /** Whether the answers of a model are timed. */
  latency = false;
  readonly #datasets = new Map<string, Promise<Dataset>>();

  private constructor(source: Source, options: TrainOptions) {
    this.source = source;
    this.options = options;
  }

  /** @throws UsageError for data that cannot be used */
  static async open(options: TrainOptions): Promise<TrialTrainer> {
    return new TrialTrainer(await openData(options), options);
  }

  /**
   * The data as the options have it, and what it is known by.
   * @throws UsageError where there is nothing to choose by
   */
  async data(onEvent: (event: ExperimentEvent) => void, signal?: AbortSignal) {
    const settings = resolve(this.options, this.source);
    const dataset = await this.#load(settings, onEvent, signal);
    if (dataset.split.validation.length === 0) {
      const what = "it has no validation pictures, and those choose among the trials";
      throw new UsageError(settings.data, what, "put some pictures into a validation split", 1);
    }
    return {
      ...{ settings, dataset, facts: factsOf(dataset) },
      fingerprint: fingerprintOf(dataset, measuredRecipe(settings, dataset)),
    };
  }

  #load(settings: Settings, onEvent: (event: ExperimentEvent) => void, signal?: AbortSignal): Promise<Dataset> {
    const key = keyOf(settings);
    let dataset = this.#datasets.get(key);
    if (dataset === undefined) {
      dataset = loadDataset(this.source, settings, onEvent, signal);
      this.#datasets.set(key, dataset);
      dataset.catch(() => this.#datasets.delete(key));
    }
    return dataset;
  }

  /** The options of a configuration. */
  optionsOf(configuration: Configuration): TrainOptions {
    return configurationToOptions(configuration, this.options);
  }

  /** The data as a configuration gets to see them. */
  datasetOf(configuration: Configuration): Promise<Dataset> {
    return this.#load(resolve(this.optionsOf(configuration), this.source), () => {});
  }

  /** One trial: from its beginning, or from its last checkpoint where its folder has one. */
  readonly perform: Perform = async ({ trial, folder, signal, report }: Task) => {
    const tell = ({ epoch, validationAccuracy, validationLoss, trainLoss, learningRate }: EpochRow) =>
      report(epoch, { accuracy: validationAccuracy!, loss: validationLoss!, trainLoss, learningRate });
    const onEvent = (event: ExperimentEvent) => {
      if (event.type === "epoch") tell(event);
    };
    const finishing = (ending: Parameters<typeof trialMetrics>[0]) => trialMetrics(ending, this.latency);
    const options = {
      ...{ threads: this.threads, ...this.optionsOf(trial.configuration) },
      ...{ folder, signal, onEvent, report: false, records: false },
    };
    const settings = resolve(options, this.source);
    const dataset = await this.#load(settings, () => {}, signal);
    try {
      const checkpoint = await readCheckpoint(folder);
      if (checkpoint === undefined) {
        // What a worker that died before its first checkpoint has left behind.
        await rm(folder, { recursive: true, force: true });
        return (await trainOn(this.source, options, finishing, dataset)) ?? {};
      }
      // Epochs that are in the checkpoint are not trained again; where their report was lost with a worker it is made now.
      for (const row of checkpoint.history) if (row.epoch > trial.step) tell(row);
      const anew = { data: this.source, signal, onEvent, report: false, records: false };
      return (await resumeOn(folder, anew, finishing, dataset)) ?? {};
    } catch (error) {
      if (signal.aborted && (error as Error).name === "AbortError") return {};
      throw error;
    }
  };
}

/** What a space is made for. */
function factsOf({ source, pictures, classes }: Dataset): DataFacts {
  const { kind, height, width, channels } = pictures;
  const size =
    kind === "numbers" ? { height: 1, width, channels: 1 as const } : { height, width, channels: channels as 1 | 3 };
  return { numbers: kind === "numbers", ...size, classes: classes.length, pictures: source.paths.length };
}
