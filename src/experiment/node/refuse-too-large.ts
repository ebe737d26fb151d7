import { sizeOf, UsageError } from "../../core/index.ts";
import { usableMemory } from "../../data/node/index.ts";
import { isSolver, network, type Recipe, slotsOf } from "../../train/index.ts";

/**
 * Says that a network is too large before anything is made for it. Counted is what training holds whatever the batch: weights and the
 * optimizer's memory, both twice at most, since a step reads one and writes the other.
 * @throws UsageError where that is more than this process may use
 */
export function refuseTooLarge(recipe: Recipe, available = usableMemory()): void {
  const { parameters } = network(recipe, 1);
  const numbers = (parts: readonly { readonly shape: readonly number[] }[]) =>
    parts.reduce((total, { shape }) => total + sizeOf(shape), 0);
  const { model, optimizer } = recipe;
  const slots = isSolver(optimizer.name) ? [] : slotsOf(recipe, parameters);
  const bytes = 2 * 4 * (numbers(parameters) + numbers(slots));
  if (bytes <= available) return;
  const gigabytes = (size: number) => `${Math.round(size / 2 ** 30)} GiB`;
  throw new UsageError(
    `model ${model.name}`,
    `its ${numbers(parameters)} weights and the memory of ${optimizer.name} take ${gigabytes(bytes)} in training, and there are ${gigabytes(available)} here`,
    "choose smaller layers, or smaller pictures with --size",
  );
}
