import { allocate, type Block, type Runtime, type Value } from "../runtime/index.ts";
import type { StateValues } from "./events.ts";
import type { StateBlock } from "./plan.ts";

/** Parts of the state by name, where the runtime keeps them. */
export type Blocks = Readonly<Record<string, Block>>;

/**
 * The state of a run, twice: a step reads the front blocks and writes the back ones, then they change places. Nothing is
 * copied and nothing is allocated from step to step, so memory stays flat; and after a step that went wrong the state
 * before it is still there. It lies where the runtime computes, and comes from there when somebody asks. Large velocities are
 * there once: nothing but a next step needs them, and after a step that went wrong there is none.
 */
export class DoubleState {
  readonly #blocks: readonly [Blocks, Blocks];
  /** Which of the two is in front. */
  side: 0 | 1 = 0;

  /**
   * @param owned the arrays of `initial` become the state's own instead of being copied
   * @param once the parts that a step writes where it reads them
   */
  constructor(
    runtime: Runtime,
    parts: readonly StateBlock[],
    initial: StateValues,
    owned = false,
    once: ReadonlySet<string> = new Set(),
  ) {
    const first = parts.map(({ name, shape }) => runtime.createBlock(shape, owned ? initial[name] : undefined));
    const second = parts.map(({ name, shape }, i) => (once.has(name) ? first[i] : runtime.createBlock(shape)));
    const named = (blocks: readonly Block[]) => Object.fromEntries(parts.map(({ name }, i) => [name, blocks[i]]));
    this.#blocks = [named(first), named(second)];
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
