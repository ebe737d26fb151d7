/** What a training step holds in memory, counted from its graph. */
import { sizeOf } from "../core/index.ts";
import { isInput, type Tensor, topological } from "../ir/index.ts";
import { type Recipe, stepGraph } from "../train/index.ts";

const BYTES = { float32: 4, float64: 8, int32: 4, uint8: 1, bool: 1 } as const;
const bytesOf = ({ shape, dtype }: Tensor) => sizeOf(shape) * BYTES[dtype];

/**
 * Bytes of a step over `batch` pictures: the state twice, since a step reads one and writes the other (large velocities may be there
 * once), and the most that the values of the step need at one time, each from when it is made to when it is last used. The runtime's
 * own scratch space, such as columns of a convolution, comes on top.
 */
export function trainingBytes(recipe: Recipe, batch: number): number {
  const { inputs, outputs } = stepGraph(recipe, batch);
  const order = topological(Object.values(outputs));
  const kept = new Set<Tensor>(Object.values(outputs));
  const lastUse = new Map<Tensor, number>();
  order.forEach((tensor, place) => {
    for (const operand of tensor.inputs) lastUse.set(operand, place);
  });
  const leaving = new Map<number, number>();
  let [alive, most] = [0, 0];
  order.forEach((tensor, place) => {
    if (isInput(tensor) || kept.has(tensor)) return;
    const end = lastUse.get(tensor) ?? place;
    leaving.set(end, (leaving.get(end) ?? 0) + bytesOf(tensor));
  });
  order.forEach((tensor, place) => {
    if (!isInput(tensor) && !kept.has(tensor)) alive += bytesOf(tensor);
    most = Math.max(most, alive);
    alive -= leaving.get(place) ?? 0;
  });
  const given = inputs.reduce((sum, tensor) => sum + bytesOf(tensor as Tensor), 0);
  const made = [...kept].reduce((sum, tensor) => sum + bytesOf(tensor), 0);
  return given + made + most;
}
