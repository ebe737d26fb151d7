import { sizeOf } from "../core/index.ts";
import { allocate, type Block, type Runtime, type Value } from "../runtime/index.ts";
import type { StateValues } from "./events.ts";
import type { StateBlock } from "./plan.ts";

/** Parts of the state by name, where the runtime keeps them. */
export type Blocks = Readonly<Record<string, Block>>;

/**
 * The state of a run, twice: a step reads the front blocks and writes the back ones, then they change places. Nothing is
 * copied and nothing is allocated from step to step, so memory stays flat; and after a step that went wrong the state
 * before it is still there. It lies where the runtime computes, and comes from there when somebody asks.
 */
export class DoubleState {
  readonly #blocks: readonly [Blocks, Blocks];
  /** Which of the two is in front. */
  side: 0 | 1 = 0;
  /** What one of the two takes. */
  readonly bytes: number;

  /** @param owned the arrays of `initial` become the state's own instead of being copied */
  constructor(runtime: Runtime, parts: readonly StateBlock[], initial: StateValues, owned = false) {
    this.bytes = parts.reduce((total, { shape }) => total + Float32Array.BYTES_PER_ELEMENT * sizeOf(shape), 0);
    const blocks = (given: StateValues) =>
      Object.fromEntries(parts.map(({ name, shape }) => [name, runtime.createBlock(shape, given[name])]));
    this.#blocks = [blocks(owned ? initial : {}), blocks({})];
    if (!owned) this.restore(initial);
  }

  /** The blocks that a step reads when `side` is in front. */
  front(side: 0 | 1 = this.side): Blocks {
    return this.#blocks[side];
  }

  /** The blocks that a step writes then. */
  back(side: 0 | 1 = this.side): Blocks {
    return this.#blocks[side === 0 ? 1 : 0];
  }

  swap(): void {
    this.side = this.side === 0 ? 1 : 0;
  }

  /** Copies values into the front blocks; parts that are not given stay. */
  restore(values: StateValues): void {
    for (const [name, numbers] of Object.entries(values)) this.front()[name]?.write(numbers);
  }

  /** A copy of the front blocks. */
  async snapshot(): Promise<Record<string, Float32Array<ArrayBuffer>>> {
    const copies: Record<string, Float32Array<ArrayBuffer>> = {};
    for (const [name, block] of Object.entries(this.front())) copies[name] = await block.read();
    return copies;
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
