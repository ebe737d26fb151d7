import type { Dataset } from "../../data/index.ts";
import type { ExperimentEvent } from "../options.ts";
import type { RunFolder } from "./run-folder.ts";
import type { WriteQueue } from "./write-queue.ts";

/** Tells the caller, and the run's `events.ndjson`, what happens. */
export class Reporter {
  readonly #emit: (event: ExperimentEvent) => void;
  readonly #folder: RunFolder | undefined;
  readonly #writes: WriteQueue;

  constructor(emit: (event: ExperimentEvent) => void, folder: RunFolder | undefined, writes: WriteQueue) {
    this.#emit = emit;
    this.#folder = folder;
    this.#writes = writes;
  }

  send(event: ExperimentEvent): void {
    this.#emit(event);
    if (event.type === "progress" || event.type === "loading" || event.type === "trial") return;
    const { type, ...facts } = event;
    this.#writes.add(() => this.#folder?.appendEvent({ event: type, ...facts }));
  }

  data({ source, classes, pictures, split, skipped, notes }: Dataset): void {
    const { kind, height, width, channels } = pictures;
    const size = { height, width, channels, ...(kind === "numbers" ? { features: width } : {}) };
    const counts = { train: split.train.length, validation: split.validation.length, test: split.test.length };
    this.send({ type: "data", name: source.name, classes, counts, ...size, skipped, notes });
  }
}
