/**
 * The three convolutions of `conv2d` in the blocked layout. Here it is chosen, by device and shape, which of them are computed
 * in it: each returns undefined where it is not to be.
 *
 * Two cores of an AMD EPYC (Zen 3), products there at most 150 to 160 GFLOP/s, batch 64, 16×16 pixels, 32 to 64 channels, ms of
 * the fastest tenth:                              plain    blocked
 *   forward                                         6.0    4.2 (4.6 with all reordering)
 *   input gradient, as a convolution                6.0    4.2
 *   weight gradient                                13.7    4.0 (6.5 with all reordering)
 *     as one product of columns, columns made apart 5.0 and 5
 *     its own padding instead of a Pad                     8.4
 *     weights by one Transpose of five axes               11.6, that transpose alone
 * The step of the cnn: 36 ms plain, 28 ms blocked.
 */
import { type Emit, int64, type Tensor, type TensorType } from "../ir/index.ts";
import {
  BLOCK,
  blockedNode,
  blockedWeights,
  channelwise,
  exchanged,
  exchangedPlain,
  exchangedTwin,
  filled,
  fromBlocked,
  movedBlocks,
  rowsOfBlocks,
  toBlocked,
  turnedWeights,
} from "./blocked.ts";
import { type ConvAttrs, type ConvGradAttrs, onnxAttributes } from "./conv-attrs.ts";
import type { Pair } from "./windows.ts";

const whole = (...sizes: number[]) => sizes.every((size) => size % BLOCK === 0);
/** So few channels are read from the plain layout. */
const few = (channels: number) => channels < 8;

export function blockedConvolution(
  emit: Emit,
  [x, w, b]: readonly string[],
  { shape, dtype }: TensorType,
  attrs: ConvAttrs,
): string | undefined {
  if (!emit.blocks || dtype !== "float32") return undefined;
  const [filters, channels, kh, kw] = shape;
  if (attrs.groups !== 1 || !whole(filters) || !(few(channels) || whole(channels))) return undefined;
  const inputs = [few(channels) ? x : toBlocked(emit, x), blockedWeights(emit, w, shape), ...(b ? [b] : [])];
  const attributes = onnxAttributes(attrs, [kh, kw]);
  return fromBlocked(emit, blockedNode(emit, "Conv", inputs, attributes), filters, {
    convolution: { inputs, attributes },
  });
}

/** The input gradient of a convolution with stride 1, as one with the turned kernel. @param attrs of that one */
export function blockedTurned(
  emit: Emit,
  [g, w]: readonly string[],
  { shape, dtype }: TensorType,
  attrs: ConvAttrs,
): string | undefined {
  if (!emit.blocks || dtype !== "float32") return undefined;
  const [filters, channels, kh, kw] = shape;
  if (attrs.groups !== 1 || !whole(filters, channels)) return undefined;
  const inputs = [toBlocked(emit, g), turnedWeights(emit, w, shape)];
  const attributes = onnxAttributes(attrs, [kh, kw]);
  return fromBlocked(emit, blockedNode(emit, "Conv", inputs, attributes), channels, {
    convolution: { inputs, attributes },
  });
}

/**
 * The input gradient of a convolution with strides: what belongs to every s-th row, from the a-th, is a convolution of g with those
 * rows of w that reach there, so all s·s of them are one convolution with s·s times the channels, and moving whole blocks puts
 * them between each other. Row q·s + a receives from row q + u of g by row a + p − s·u of w, where that is a row of w.
 * Taps that are none have weights of zero: 16 for 9 of a kernel of 3×3, and still half the time of ConvTranspose.
 */
export function blockedInputGradient(
  emit: Emit,
  [g, w]: readonly string[],
  { inputs, attrs, dtype }: Pick<Tensor<ConvGradAttrs>, "inputs" | "attrs" | "dtype">,
): string | undefined {
  if (!emit.blocks || dtype !== "float32") return undefined;
  const { stride, padding, dilation, groups, shape } = attrs;
  const [batch, channels, ...size] = shape;
  const [, filters, ...rows] = inputs[0].shape;
  const kernel = inputs[1].shape.slice(2);
  if (groups !== 1 || !whole(channels, filters) || dilation.some((d) => d !== 1)) return undefined;
  const ways = [0, 1].map((axis) => {
    const [s, p, k] = [stride[axis], padding[axis], kernel[axis]];
    const least = Math.ceil((p - k + 1) / s);
    const taps = Math.floor((s - 1 + p) / s) - least + 1;
    const count = size[axis] / s;
    const order = Array.from({ length: s * taps }, (_, i) => Math.floor(i / taps) + p - s * (least + (i % taps)));
    // What is no row of w is the row of zeros behind them.
    const sources = order.map((row) => (row >= 0 && row < k ? row : k));
    return { s, taps, count, sources, before: -least, behind: count + least + taps - 1 - rows[axis] };
  });
  if (!ways.every(({ count, before, behind }) => Number.isInteger(count) && before >= 0 && behind >= 0))
    return undefined;
  const [high, wide] = ways;
  const zeroed = emit.node("Pad", [w, int64(emit, [0, 0, 0, 0, 0, 0, 1, 1])]);
  const rowsOfIt = emit.node("Gather", [zeroed, int64(emit, high.sources)], { axis: 2 });
  const taken = emit.node("Gather", [rowsOfIt, int64(emit, wide.sources)], { axis: 3 });
  const apart = emit.node("Reshape", [taken, int64(emit, [filters, channels, high.s, high.taps, wide.s, wide.taps])]);
  const all = high.s * wide.s * channels;
  const form = [all, filters, high.taps, wide.taps];
  const turned = emit.node("Reshape", [
    emit.node("Transpose", [apart], { perm: [2, 4, 1, 0, 3, 5] }),
    int64(emit, form),
  ]);
  const maps = blockedNode(emit, "Conv", [toBlocked(emit, g), blockedWeights(emit, turned, form)], {
    kernel_shape: [high.taps, wide.taps],
    pads: [high.before, wide.before, high.behind, wide.behind],
  });
  const plane = high.count * wide.count;
  const between = movedBlocks(emit, rowsOfBlocks(emit, maps, batch * all * plane), [
    [() => batch, (b) => (all / b) * plane],
    [(b) => channels / b, () => plane],
    [() => high.count, () => wide.count],
    [() => high.s, (b) => wide.s * (channels / b) * plane],
    [() => wide.count, () => 1],
    [() => wide.s, (b) => (channels / b) * plane],
  ]);
  return fromBlocked(emit, emit.node("Reshape", [between, int64(emit, shape)]), channels);
}

/**
 * The weight gradient is itself a convolution: channels of x are its pictures, pictures its channels, g its weights, and
 * stride and dilation change places. Of the form of this operator it is the best there is: it holds 3 columns of the
 * result in registers.
 */
export function blockedWeightGradient(
  emit: Emit,
  [x, g]: readonly string[],
  { inputs, attrs, dtype }: Tensor<ConvGradAttrs>,
): string | undefined {
  if (!emit.blocks || dtype !== "float32") return undefined;
  const { shape, stride, padding, dilation, groups } = attrs;
  const [batch, channels, ...size] = inputs[0].shape;
  const [, filters, rows, columns] = inputs[1].shape;
  const kernel = [shape[2], shape[3]];
  if (groups !== 1 || !whole(batch, filters)) return undefined;
  const swapped = (value: string) => emit.node("Transpose", [value], { perm: [1, 0, 2, 3] });
  // What lies behind the last window is cut off: it would give rows of the result that w does not have.
  const behind = [rows, columns].map(
    (count, i) => (count - 1) * stride[i] + 1 + dilation[i] * (kernel[i] - 1) - size[i] - padding[i],
  );
  const pads = [...padding, ...behind];
  const picture = () => {
    if (whole(channels) && pads.every((pad) => pad >= 0)) {
      const twin = exchangedTwin(emit, toBlocked(emit, x), inputs[0].shape);
      return pads.every((pad) => pad === 0) ? twin : channelwise(emit, [twin, filled(emit, 1, batch)], batch, { pads });
    }
    const padded = emit.node("Pad", [swapped(x), int64(emit, [0, 0, ...padding, 0, 0, ...behind])]);
    return toBlocked(emit, pads.every((pad) => pad === 0) ? swapped(x) : padded);
  };
  const operands = [picture(), exchanged(emit, toBlocked(emit, g), inputs[1].shape)];
  const attributes = { strides: dilation, dilations: stride, kernel_shape: [rows, columns] as Pair };
  const result = blockedNode(emit, "Conv", operands, attributes);
  return exchangedPlain(emit, result, [channels, filters, ...kernel]);
}
