/**
 * The blocked layout of native ONNX Runtime on the CPU: [batch, channels / B, height, width, B] with B of 8 or 16, as wide as
 * a vector register. Its convolutions there (domain com.microsoft.nchwc; Zhang, Franchetti, Low 2018, "High performance
 * zero-memory overhead direct convolutions") need no columns. ONNX Runtime uses them by itself only where the weights
 * are constants, which in training they are not; so where `Emit.blocks` is there, units ask for them.
 *
 * `Emit.blocks` knows which plain values have a blocked twin. A unit that makes a blocked value hands out the plain one, and a
 * unit that can read blocked values takes the twin: a reordering that nobody reads is left out of the model. B is
 * nowhere in the graph: all that is reordered has a multiple of 16 channels.
 */
import { type Shape, sizeOf } from "../core/index.ts";
import type { Emit } from "../ir/index.ts";

const domain = "com.microsoft.nchwc";

/** A multiple of every B. */
export const BLOCK = 16;

/** An operator of the blocked layout. */
export const blockedNode = (emit: Emit, operator: string, inputs: readonly string[], attributes = {}): string =>
  emit.node(`${domain}:${operator}`, inputs, attributes);

/** The blocked twin of a plain value [batch, channels, height, width]. */
export function toBlocked(emit: Emit, plain: string): string {
  const known = emit.blocks?.get(plain);
  if (known !== undefined) return known;
  const blocked = blockedNode(emit, "ReorderInput", [plain]);
  emit.blocks?.set(plain, blocked);
  return blocked;
}

/** The plain twin of a blocked value. */
export function fromBlocked(emit: Emit, blocked: string, channels: number): string {
  const plain = blockedNode(emit, "ReorderOutput", [blocked], { channels });
  emit.blocks?.set(plain, blocked);
  return plain;
}

/**
 * Weights [filters, channels, height, width] as the blocked convolution wants them: [filters / B, channels / B, height, width,
 * B, B], the filter last; of a few channels that are not blocked [filters / B, channels, height, width, B]. Both are
 * what reordering makes of it, once by channel, then by filter.
 */
export function blockedWeights(emit: Emit, weights: string, shape: Shape): string {
  const [filters, channels] = shape;
  const int64 = (values: readonly number[]) => emit.constant(values, [values.length], "int64");
  const byChannel = channels < BLOCK ? weights : blockedNode(emit, "ReorderInput", [weights]);
  const rows = emit.node("Reshape", [byChannel, int64([1, filters, sizeOf(shape) / filters, 1])]);
  return emit.node("Reshape", [blockedNode(emit, "ReorderInput", [rows]), int64(shape)]);
}
