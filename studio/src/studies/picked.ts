import { shared } from "../shell/subscribe.ts";

/** The trial that a pointer is over, and the one that was chosen: the same in all figures. −1 where there is none. */
export class Picked {
  readonly #over = shared(() => -1);
  readonly #chosen;
  readonly #from = shared<unknown>(() => undefined);

  constructor(chosen: number, changed: (chosen: number) => void) {
    this.#chosen = shared(() => chosen, changed);
  }

  get over(): number {
    return this.#over.value;
  }

  get chosen(): number {
    return this.#chosen.value;
  }

  /** The figure that the pointer is in. */
  get from(): unknown {
    return this.#from.value;
  }

  hover(trial: number, from: unknown): void {
    this.#from.set(from);
    this.#over.set(trial);
  }

  choose(trial: number): void {
    if (trial >= 0) this.#chosen.set(trial);
  }
}
