import { sizeOf } from "../core/index.ts";
import { allocate, type Value, type Values } from "../runtime/index.ts";
import type { StateValues } from "./events.ts";
import type { StateBlock } from "./plan.ts";

/**
 * The state of a run, twice: a step reads the front block and writes the back one, then they change places. Nothing is
 * copied and nothing is allocated from step to step, so memory stays flat; and after a step that went wrong the state
 * before it is still there.
 */
export class DoubleState {
  readonly #blocks: readonly [Values, Values];
  /** Which of the two is in front. */
  side: 0 | 1 = 0;

  constructor(parts: readonly StateBlock[], initial: StateValues) {
    const block = () => Object.fromEntries(parts.map(({ name, shape }) => [name, allocate("float32", shape)]));
    this.#blocks = [block(), block()];
    this.restore(initial);
  }

  /** The block that a step reads when `side` is in front. */
  front(side: 0 | 1 = this.side): Values {
    return this.#blocks[side];
  }

  /** The block that a step writes then. */
  back(side: 0 | 1 = this.side): Values {
    return this.#blocks[side === 0 ? 1 : 0];
  }

  swap(): void {
    this.side = this.side === 0 ? 1 : 0;
  }

  /** Copies values into the front block; parts that are not given stay. */
  restore(values: StateValues): void {
    for (const [name, data] of Object.entries(values))
      (this.front()[name]?.data as Float32Array | undefined)?.set(data);
  }

  /** A copy of the front block. */
  snapshot(): Record<string, Float32Array<ArrayBuffer>> {
    return Object.fromEntries(
      Object.entries(this.front()).map(([name, { shape, data }]) => {
        const copy = new Float32Array(sizeOf(shape));
        copy.set(data as Float32Array);
        return [name, copy];
      }),
    );
  }
}

/** Rank-0 inputs, each over one number that is overwritten before a step. */
export class Scalars {
  readonly values: Record<string, Value> = {};

  set(name: string, value: number): void {
    this.values[name] ??= allocate("float32", []);
    this.values[name].data[0] = value;
  }
}
