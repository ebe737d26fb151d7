import { UsageError } from "../core/index.ts";
import type { PixelRows } from "../data/index.ts";
import { allocate, type Places, type Runtime } from "../runtime/index.ts";
import { batchFeed } from "./batch-feed.ts";
import type { Scores } from "./events.ts";
import { openGraph } from "./open-graph.ts";
import type { PictureBlock, Plan } from "./plan.ts";

/** Runs the network without an update over pictures of the plan. */
export class Scorer {
  readonly #plan: Plan;
  readonly #runtime: Runtime;
  readonly #pictures: PictureBlock;
  readonly #rows: PixelRows;
  readonly #sessions = new Map<number, ReturnType<Runtime["createSession"]>>();

  constructor(plan: Plan, runtime: Runtime, rows: PixelRows) {
    this.#plan = plan;
    this.#runtime = runtime;
    this.#rows = rows;
    // The loss of each picture is wanted as it is: who takes a mean of them weighs them.
    const { weights: _apart, ...pictures } = plan.pictures;
    this.#pictures = pictures;
  }

  /** @param weights to score with, by the name of the parameter */
  async score(indices: Int32Array, weights: Places): Promise<Scores> {
    const { classes, score } = this.#plan;
    const scores = new Float32Array(indices.length * classes);
    const losses = new Float32Array(indices.length);
    const largest = Math.max(...score.map(({ batch }) => batch));
    for (let start = 0; start < indices.length; ) {
      const left = indices.length - start;
      // Sizes were traced for whole splits; any other number of pictures is made of the sizes that there are.
      const batch = Math.min(left, largest);
      const session = await this.#session(batch);
      const feed = batchFeed(this.#pictures, this.#rows, batch, classes);
      feed.fill(indices, start);
      const output = { scores: allocate("float32", [batch, classes]), loss: allocate("float32", [batch]) };
      const data = Object.entries(feed.values).filter(([name]) => session.inputNames.includes(name));
      await session.bind({ ...Object.fromEntries(data), ...weights }, output)();
      scores.set(output.scores.data as Float32Array, start * classes);
      losses.set(output.loss.data as Float32Array, start);
      start += batch;
    }
    return { scores, losses };
  }

  #session(batch: number): ReturnType<Runtime["createSession"]> {
    const graph = this.#plan.score.find((candidate) => candidate.batch === batch);
    if (graph === undefined)
      throw new UsageError("scoring", `no graph was traced for a batch of ${batch}`, "make the plan again");
    const { threads } = this.#plan;
    const session = this.#sessions.get(batch) ?? openGraph(this.#runtime, graph, threads);
    this.#sessions.set(batch, session);
    return session;
  }
}
