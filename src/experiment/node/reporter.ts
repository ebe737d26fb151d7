import type { Dataset } from "../../data/index.ts";
import type { ExperimentEvent } from "../options.ts";
import type { RunFolder } from "./run-folder.ts";

/** Tells the caller, and the run's `events.ndjson`, what happens. */
export class Reporter {
  readonly #emit: (event: ExperimentEvent) => void;
  readonly #folder: RunFolder | undefined;
  #written: Promise<unknown> = Promise.resolve();

  constructor(emit: (event: ExperimentEvent) => void, folder: RunFolder | undefined) {
    this.#emit = emit;
    this.#folder = folder;
  }

  send(event: ExperimentEvent): void {
    this.#emit(event);
    if (event.type === "progress" || event.type === "loading") return;
    this.#written = this.#written.then(() => this.#folder?.appendEvent(event));
    this.#written.catch(() => {});
  }

  data({ source, classes, pictures, split, skipped, notes }: Dataset): void {
    const { height, width, channels } = pictures;
    const counts = { train: split.train.length, validation: split.validation.length, test: split.test.length };
    this.send({ type: "data", name: source.name, classes, counts, height, width, channels, skipped, notes });
  }

  settled(): Promise<unknown> {
    return this.#written;
  }
}
