/**
 * The blocked layout of native ONNX Runtime on the CPU: [batch, channels / B, height, width, B] with B of 8 or 16, as wide as
 * a vector register. Its convolutions there (domain com.microsoft.nchwc; Zhang, Franchetti, Low 2018, "High performance
 * zero-memory overhead direct convolutions") need no columns. ONNX Runtime uses them by itself only where the weights
 * are constants, which in training they are not; so where `Emit.blocks` is there, units ask for them.
 *
 * `Emit.blocks` knows which plain values have a blocked twin. A unit that makes a blocked value hands out the plain one, and a
 * unit that can read blocked values takes the twin: a reordering that nobody reads is left out of the model. So a residual network
 * stays in this layout from its first convolution to its last, forward and backward. B is nowhere in the graph: all that is
 * reordered has a multiple of 16 channels, and where whole blocks are moved whoever opens the model says how wide they are.
 */
import { type Shape, sameShape, sizeOf } from "../core/index.ts";
import { BLOCKS_ARE_WIDE, type DType, type Emit, int64, type TensorType, type Twin } from "../ir/index.ts";

const domain = "com.microsoft.nchwc";

/** A multiple of every B. */
export const BLOCK = 16;

/** An operator of the blocked layout. */
export const blockedNode = (emit: Emit, operator: string, inputs: readonly string[], attributes = {}): string =>
  emit.node(`${domain}:${operator}`, inputs, attributes);

/** The blocked twin of a plain value [batch, channels, height, width]. */
export function toBlocked(emit: Emit, plain: string): string {
  const known = emit.blocks?.get(plain);
  if (known !== undefined) return known.name;
  const name = blockedNode(emit, "ReorderInput", [plain]);
  emit.blocks?.set(plain, { name, born: false });
  return name;
}

/**
 * The plain twin of a blocked value.
 * @param made what made it, where something can be joined to that
 */
export function fromBlocked(
  emit: Emit,
  name: string,
  channels: number,
  made: Pick<Twin, "affine" | "convolution"> = {},
): string {
  const plain = blockedNode(emit, "ReorderOutput", [name], { channels });
  emit.blocks?.set(plain, { name, born: true, ...made });
  return plain;
}

/** The twin of a value that was computed in this layout. */
export function bornBlocked(emit: Emit, plain: string): Twin | undefined {
  const twin = emit.blocks?.get(plain);
  return twin?.born ? twin : undefined;
}

/** An operation as a part of the affine map that made an operand, and the map that this makes; undefined where it cannot be that. */
export type Joined = (
  emit: Emit,
  twins: readonly Twin[],
  channels: number,
) => Pick<Twin, "name" | "affine"> | undefined;

/**
 * An operation on each element, in the layout in which an operand was computed: the others are brought there, since what follows
 * is most likely a convolution. Undefined where none was, or where an operand repeats along an axis.
 * @param compute the name of the result, from those of the operands
 */
export function elementwiseBlocked(
  emit: Emit,
  values: readonly string[],
  types: readonly TensorType[],
  { shape, dtype }: TensorType,
  compute: (names: readonly string[]) => string,
  joined: Joined = () => undefined,
): string | undefined {
  if (dtype !== "float32" || !values.some((value) => bornBlocked(emit, value))) return undefined;
  if (!types.every((type) => sizeOf(type.shape) === 1 || sameShape(type.shape, shape))) return undefined;
  const twins = values.map((value, i): Twin => {
    if (sizeOf(types[i].shape) === 1) return { name: value, born: false };
    const { convolution, ...twin } = emit.blocks?.get(value) ?? { name: toBlocked(emit, value), born: false };
    // Work that is to be done once.
    return convolution && emit.readers?.get(types[i])?.length === 1 ? { ...twin, convolution } : twin;
  });
  const part = types.every((type) => sameShape(type.shape, shape)) ? joined(emit, twins, shape[1]) : undefined;
  if (part !== undefined) return fromBlocked(emit, part.name, shape[1], part.affine && { affine: part.affine });
  return fromBlocked(emit, compute(twins.map(({ name }) => name)), shape[1]);
}

/** + in the map or the convolution that made one of two operands, which saves a pass. */
export const joinedAddition: Joined = (emit, [one, other], channels) => {
  for (const [{ convolution }, beside] of [
    [one, other],
    [other, one],
  ]) {
    if (convolution === undefined) continue;
    const [x, w, b = ""] = convolution.inputs;
    return { name: blockedNode(emit, "Conv", [x, w, b, beside.name], convolution.attributes) };
  }
  const made = ({ affine }: Twin, beside: Twin) => {
    if (affine === undefined || affine.length > 3) return undefined;
    const [x, a, b = ""] = affine;
    return [x, a, b, beside.name];
  };
  const affine = made(one, other) ?? made(other, one);
  return affine && { name: channelwise(emit, affine, channels), affine };
};

/** A rectifier in the map that made its operand. */
export const joinedRectifier: Joined = (emit, [{ affine }], channels) =>
  affine && { name: channelwise(emit, affine, channels, { activation: "Relu" }) };

/**
 * An affine map of each channel in one pass, as a depthwise convolution 1×1: a·x + b + c, of the names x, a and, unless absent or
 * empty, b and c; a and b [channels].
 * @param attributes such as an activation, or margins of zeros (then without b and c)
 */
export function channelwise(emit: Emit, [x, a, ...rest]: readonly string[], channels: number, attributes = {}): string {
  const filters = emit.node("Reshape", [a, int64(emit, [channels, 1, 1, 1])]);
  return blockedNode(emit, "Conv", [x, filters, ...rest], { kernel_shape: [1, 1], group: channels, ...attributes });
}

/** The means of all planes of a value that was computed in this layout, [batch, channels, 1, 1], which is plain as well. */
export function planeMeans(emit: Emit, plain: string): string | undefined {
  const twin = bornBlocked(emit, plain);
  return twin && blockedNode(emit, "GlobalAveragePool", [twin.name]);
}

/** A list of equal numbers, such as one for each channel. */
export const filled = (emit: Emit, value: number, count: number, dtype: DType = "float32"): string =>
  emit.constant(new Float64Array(count).fill(value), [count], dtype);

/**
 * Weights [filters, channels, height, width] as the blocked convolution wants them: [filters / B, channels / B, height, width,
 * B, B], the filter last; of a few channels that are not blocked [filters / B, channels, height, width, B]. Both are
 * what reordering makes of it, once by channel, then by filter.
 */
export function blockedWeights(emit: Emit, weights: string, shape: Shape): string {
  const [filters, channels] = shape;
  const byChannel = channels < BLOCK ? weights : blockedNode(emit, "ReorderInput", [weights]);
  const rows = emit.node("Reshape", [byChannel, int64(emit, [1, filters, sizeOf(shape) / filters, 1])]);
  return emit.node("Reshape", [blockedNode(emit, "ReorderInput", [rows]), int64(emit, shape)]);
}

/**
 * The weights of the input gradient with stride 1 as the blocked convolution wants them: the kernel turned by half a circle, filters and
 * channels in each other's place. Of the weights by channel, which the convolution itself needs, these are blocks in another order: for
 * [64, 64, 3, 3] 0.02 ms instead of the 0.2 of turning, transposing and reordering twice. Filters and channels are multiples of 16.
 */
export function turnedWeights(emit: Emit, weights: string, [filters, channels, height, width]: Shape): string {
  const places = height * width;
  const byChannel = blockedNode(emit, "ReorderInput", [weights]);
  const rows = rowsOfBlocks(emit, byChannel, filters * channels * places);
  const ofFilter = (block: number) => (channels / block) * places;
  const moved = movedBlocks(emit, rows, [
    [(block) => channels / block, () => places],
    [(block) => filters / block, (block) => block * ofFilter(block)],
    [() => places, () => -1],
    [(block) => block, ofFilter],
  ]);
  return emit.node("Reshape", [moved, int64(emit, [channels, filters, height, width])]);
}

/** The plain value [channels, batch, height, width] of a blocked one of [batch, channels, height, width]; channels are a multiple of 16. */
export function exchangedPlain(emit: Emit, blocked: string, [batch, channels, height, width]: Shape): string {
  const places = height * width;
  const rows = rowsOfBlocks(emit, blocked, batch * channels * places);
  const moved = movedBlocks(emit, rows, [
    [(block) => channels / block, () => places],
    [() => batch, (block) => (channels / block) * places],
    [() => places, () => 1],
  ]);
  const asOne = emit.node("Reshape", [moved, int64(emit, [1, channels, batch * places, 1])]);
  const plain = blockedNode(emit, "ReorderOutput", [asOne], { channels });
  return emit.node("Reshape", [plain, int64(emit, [channels, batch, height, width])]);
}

/** The blocks of a blocked value of so many numbers one below the other, [size / B, B]. */
export function rowsOfBlocks(emit: Emit, blocked: string, size: number): string {
  const forms = [BLOCKS_ARE_WIDE, ...[16, 8].map((block) => int64(emit, [size / block, block]))];
  return emit.node("Reshape", [blocked, emit.node("Where", forms)]);
}

/** How many places an axis of a result has, and how far apart their blocks are, in blocks, by B; a negative distance begins at the end. */
export type Stride = readonly [count: (block: number) => number, apart: (block: number) => number];

/**
 * Blocks in another order, along some axes. Gather moves them with all threads (0.28 ms for [64, 16, 32, 32]), Transpose with one
 * (0.55). The indices are a sum of short lists, once for all values of a shape.
 * @param rows [blocks, B]
 */
export function movedBlocks(emit: Emit, rows: string, axes: readonly Stride[]): string {
  const chosen = (value: (block: number) => number) => {
    const [sixteen, eight] = [16, 8].map((block) => emit.constant([value(block)], [], "int32"));
    return sixteen === eight ? sixteen : emit.node("Where", [BLOCKS_ARE_WIDE, sixteen, eight]);
  };
  const lists = axes.map(([count, apart], axis) => {
    const first = (block: number) => Math.max(0, (1 - count(block)) * apart(block));
    const end = (block: number) => first(block) + count(block) * apart(block);
    const list = emit.node("Range", [chosen(first), chosen(end), chosen(apart)]);
    return emit.node("Reshape", [
      list,
      int64(
        emit,
        axes.map((_, one) => (one === axis ? -1 : 1)),
      ),
    ]);
  });
  // From the last list on, so that what one loop of Add goes through is long: 0.05 instead of 0.12 ms for [2048, 2, 8, 2].
  const indices = lists.reduceRight((inner, list) => emit.node("Add", [list, inner]));
  return emit.node("Gather", [rows, indices], { axis: 0 });
}

/**
 * A blocked value of [batch, channels, height, width] with pictures in the place of channels: each block of channels stays whole, and
 * moves: [channels / B, batch / B, height, width, B, B], the channel last. As weights of a convolution, it is the one whose filters
 * are the channels and whose channels are the pictures. Batch and channels are multiples of 16.
 */
export function exchanged(emit: Emit, blocked: string, [batch, channels, height, width]: Shape): string {
  const places = height * width;
  const rows = rowsOfBlocks(emit, blocked, batch * channels * places);
  const ofPicture = (block: number) => (channels / block) * places;
  const moved = movedBlocks(emit, rows, [
    [(block) => channels / block, () => places],
    [(block) => batch / block, (block) => block * ofPicture(block)],
    [() => places, () => 1],
    [(block) => block, ofPicture],
  ]);
  return emit.node("Reshape", [moved, int64(emit, [channels, batch, height, width])]);
}

/** The blocked twin of x with batch and channels in each other's place, [channels, batch, height, width]. */
export function exchangedTwin(emit: Emit, blocked: string, shape: Shape): string {
  const [batch, channels, height, width] = shape;
  const places = int64(emit, [channels / BLOCK, BLOCK, batch * height * width, 1]);
  const byBlocks = emit.node("Reshape", [exchanged(emit, blocked, shape), places]);
  const byChannels = blockedNode(emit, "ReorderOutput", [byBlocks], { channels: BLOCK });
  return emit.node("Reshape", [byChannels, int64(emit, [channels, batch, height, width])]);
}
