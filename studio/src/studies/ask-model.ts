import type { ModelAnswer, ModelQuestion, Shares, Surface } from "./model.ts";

/** Longer than that nobody waits for a surface; the thread is ended, and the next question begins another. */
const PATIENCE_MS = 20_000;

/** One question at a time to a thread of its own. A new one takes the place of one that nobody has begun to answer. */
export class ModelDesk {
  #worker: Worker | undefined;
  #id = 0;
  #waiting = new Map<number, { resolve: (answer: ModelAnswer) => void; clock: ReturnType<typeof setTimeout> }>();

  ask(question: ModelQuestion & { kind: "importance" }): Promise<Shares>;
  ask(question: ModelQuestion & { kind: "surface" }): Promise<Surface>;
  ask(question: ModelQuestion): Promise<ModelAnswer> {
    const worker = this.#started();
    const id = this.#id++;
    return new Promise((resolve, reject) => {
      const clock = setTimeout(() => {
        this.#waiting.delete(id);
        this.close();
        reject(new Error(`${PATIENCE_MS / 1000} s`));
      }, PATIENCE_MS);
      this.#waiting.set(id, { resolve, clock });
      worker.postMessage({ id, question });
    });
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL("./model-worker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<{ id: number; answer: ModelAnswer }>) => {
      const asked = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      clearTimeout(asked?.clock);
      asked?.resolve(data.answer);
    });
    this.#worker = worker;
    return worker;
  }

  close(): void {
    for (const { clock } of this.#waiting.values()) clearTimeout(clock);
    this.#waiting.clear();
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}
