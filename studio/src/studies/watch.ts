import type { StudyCurves, StudyView } from "../../../src/studio/index.ts";
import { ask } from "../shell/ask.ts";
import { firstOpen, merged, mergedCurves } from "./study-data.ts";

export interface Watched {
  readonly view: StudyView;
  /** undefined until they have been read: figures without them come first. */
  readonly curves: StudyCurves | undefined;
}

/** A study as it changes: of each change only the trials that had not ended before are read again. */
export class StudyWatch {
  readonly #path: string;
  readonly #told: (watched: Watched) => void;
  readonly #failed: (error: unknown) => void;
  #view: StudyView | undefined;
  #curves: StudyCurves | undefined;
  #events: EventSource | undefined;
  #reading = false;
  #again = false;
  #closed = false;

  constructor(name: string, told: (watched: Watched) => void, failed: (error: unknown) => void) {
    this.#path = `api/studies/${encodeURIComponent(name)}`;
    [this.#told, this.#failed] = [told, failed];
    this.look().then(() => {
      if (this.#closed || this.#view === undefined) return;
      this.#events = new EventSource(`${this.#path}/events`);
      this.#events.addEventListener("version", ({ data }) => {
        if (data !== this.#view?.version) this.look();
      });
    });
  }

  /** Reads what has changed. What changes meanwhile is read next. */
  async look(): Promise<void> {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    try {
      do {
        this.#again = false;
        await this.#read();
      } while (this.#again && !this.#closed);
    } catch (error) {
      if (!this.#closed) this.#failed(error);
    } finally {
      this.#reading = false;
    }
  }

  async #read(): Promise<void> {
    const from = this.#view === undefined ? 0 : firstOpen(this.#view.trials);
    const next = await ask<StudyView>(`${this.#path}?from=${from}`);
    const view = this.#view === undefined ? next : { ...next, trials: merged(this.#view.trials, next.trials) };
    if (this.#closed) return;
    this.#view = view;
    this.#told({ view, curves: this.#curves });
    const begin = this.#curves === undefined ? 0 : from;
    const curves = await ask<StudyCurves>(`${this.#path}/curves?from=${begin}`);
    this.#curves = this.#curves === undefined ? curves : mergedCurves(this.#curves, curves);
    if (!this.#closed) this.#told({ view, curves: this.#curves });
  }

  close(): void {
    this.#closed = true;
    this.#events?.close();
  }
}
