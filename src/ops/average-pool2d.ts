/**
 * averagePool2d: y = the mean of each window, zeros of the padding included. ONNX AveragePool (opset 19 counts alike).
 * averageUnpool2d: its transpose: spreads each cotangent evenly over its window. Linear, so each is the other's backward.
 */
import { type Shape, sizeOf } from "../core/index.ts";
import { bind, defineOp, int64, type Op, type Tensor } from "../ir/index.ts";
import { onnxPool, type PoolAttrs, type PoolOptions, poolAttrs, pooledType } from "./max-pool2d.ts";
import { eachWindow, type Pair, type PairLike } from "./windows.ts";

interface UnpoolAttrs extends PoolAttrs {
  /** Shape of the result. */
  readonly shape: Shape;
}

function eachShare(
  full: Shape,
  pooled: Shape,
  attrs: PoolAttrs,
  visit: (position: number, window: number) => void,
): void {
  const [height, width] = full.slice(2);
  const [rows, columns] = pooled.slice(2);
  const planes = pooled[0] * pooled[1];
  eachWindow([height, width], [rows, columns], { ...attrs, dilation: [1, 1] }, (row, column, _i, _j, y, x) => {
    for (let plane = 0; plane < planes; plane++) {
      visit((plane * height + y) * width + x, (plane * rows + row) * columns + column);
    }
  });
}

const tiles: PoolAttrs = { kernel: [2, 2], stride: [2, 2], padding: [0, 0] };
const overlapping: PoolAttrs = { kernel: [3, 2], stride: [2, 1], padding: [1, 1] };

export const averagePool2dOp: Op<PoolAttrs> = defineOp<PoolAttrs>({
  name: "averagePool2d",
  shape: ([x], attrs) => pooledType(x, attrs),
  evaluate: ([x], attrs, { shape }) => {
    const data = new Float64Array(sizeOf(shape));
    eachShare(x.shape, shape, attrs, (position, window) => {
      data[window] += x.data[position] / (attrs.kernel[0] * attrs.kernel[1]);
    });
    return { shape, data };
  },
  vjp: (g, { inputs: [x], attrs }) => [bind(averageUnpool2dOp, [g], { ...attrs, shape: x.shape })],
  lower: (emit, inputs, { attrs }) => emit.node("AveragePool", inputs, { ...onnxPool(attrs), count_include_pad: 1 }),
  samples: [
    { attrs: tiles, inputs: [{ shape: [2, 2, 4, 6] }] },
    { attrs: tiles, inputs: [{ shape: [1, 2, 5, 4] }] },
    { attrs: overlapping, inputs: [{ shape: [2, 1, 5, 4] }] },
  ],
});

export const averageUnpool2dOp: Op<UnpoolAttrs> = defineOp<UnpoolAttrs>({
  name: "averageUnpool2d",
  shape: ([g], { shape }) => ({ shape, dtype: g.dtype }),
  evaluate: ([g], attrs) => {
    const data = new Float64Array(sizeOf(attrs.shape));
    eachShare(attrs.shape, g.shape, attrs, (position, window) => {
      data[position] += g.data[window] / (attrs.kernel[0] * attrs.kernel[1]);
    });
    return { shape: attrs.shape, data };
  },
  vjp: (u, { attrs: { shape: _, ...attrs } }) => [bind(averagePool2dOp, [u], attrs)],
  lower: (emit, [g], { inputs, dtype, attrs: { kernel, stride, padding, shape } }) => {
    // A transposed convolution with a constant kernel, over planes [batch·channels, 1, …] so that one kernel serves all.
    const [batch, channels, rows, columns] = inputs[0].shape;
    const planes = emit.node("Reshape", [g, int64(emit, [batch * channels, 1, rows, columns])]);
    const area = kernel[0] * kernel[1];
    const share = emit.constant(new Float64Array(area).fill(1 / area), [1, 1, ...kernel], dtype);
    const rest = ([0, 1] as const).map((axis) => {
      const reached = (inputs[0].shape[axis + 2] - 1) * stride[axis] + kernel[axis];
      return shape[axis + 2] + 2 * padding[axis] - reached;
    }) as unknown as Pair;
    const spread = emit.node("ConvTranspose", [planes, share], {
      kernel_shape: kernel,
      strides: stride,
      pads: [...padding, ...padding],
      output_padding: rest,
    });
    return emit.node("Reshape", [spread, int64(emit, shape)]);
  },
  samples: [
    { attrs: { ...tiles, shape: [1, 2, 5, 4] }, inputs: [{ shape: [1, 2, 2, 2] }] },
    { attrs: { ...overlapping, shape: [2, 1, 5, 4] }, inputs: [{ shape: [2, 1, 3, 5] }] },
  ],
});

/** The mean of each window of x [batch, channels, height, width]. */
export const averagePool2d = (x: Tensor, kernel: PairLike, options: PoolOptions = {}): Tensor =>
  bind(averagePool2dOp, [x], poolAttrs(kernel, options));
