import { type Plan, type Recipe, type StateValues, weightsOf } from "../../../train/index.ts";
import { openAnswers, writeAnswers } from "./answers-file.ts";
import type { RecordFile } from "./record-file.ts";
import { TemplatesFile } from "./templates-file.ts";

/** Writes down, after each epoch, what the validation pictures were taken for and what the first layer looks for. */
export class EpochRecords {
  readonly #plan: Plan;
  readonly #answers: RecordFile | undefined;
  readonly #templates: TemplatesFile | undefined;

  private constructor(plan: Plan, answers: RecordFile | undefined, templates: TemplatesFile | undefined) {
    this.#plan = plan;
    this.#answers = answers;
    this.#templates = templates;
  }

  /**
   * @param folder of the run
   * @param after the last epoch that an earlier part of the run has behind it; undefined where it begins
   */
  static async open(folder: string, plan: Plan, recipe: Recipe, after: number | undefined): Promise<EpochRecords> {
    const weights = weightsOf(plan, plan.initial);
    const answers = await openAnswers(folder, plan, after ?? -1);
    const templates = await TemplatesFile.open(folder, recipe, weights, after ?? -1);
    if (after === undefined) await templates?.write(0, weights);
    return new EpochRecords(plan, answers, templates);
  }

  /** @param state after the epoch */
  async write(epoch: number, state: StateValues, answers: Uint8Array | Uint16Array | null): Promise<void> {
    if (this.#answers !== undefined && answers !== null) await writeAnswers(this.#answers, epoch, answers);
    await this.#templates?.write(epoch, weightsOf(this.#plan, state));
  }
}
