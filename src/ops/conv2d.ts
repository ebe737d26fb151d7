/**
 * conv2d: y[n,m,r,s] = b[m] + Σ_{c,i,j} x[n, c, r·stride + i·dilation − padding, s·… + j·… − …] · w[m,c,i,j]
 * (cross-correlation, as every deep-learning framework has it). x [batch, channels, height, width],
 * w [filters, channels / groups, kernel height, kernel width], b [filters] (optional). ONNX Conv (opset 11).
 *
 * The three units of this file are the three partial derivatives of one trilinear form
 * T(x, w, g) = Σ g·conv(x, w), so each one's backward rule consists of the other two and nothing else:
 *   conv2d        (x, w) → ∂T/∂g
 *   inputGrad     (g, w) → ∂T/∂x   the transposed convolution; ONNX ConvTranspose (opset 11)
 *   weightGrad    (x, g) → ∂T/∂w   columns of x times g
 */
import { formatShape, type Shape, sizeOf } from "../core/index.ts";
import { bind, defineOp, type Emit, int64, type Op, reject, type Tensor } from "../ir/index.ts";
import { type ConvAttrs, type ConvGradAttrs, onnxAttributes } from "./conv-attrs.ts";
import { blockedConvolution, blockedInputGradient, blockedTurned, blockedWeightGradient } from "./conv2d-blocked.ts";
import { webgpuConvolution, webgpuTransposed } from "./conv2d-webgpu.ts";
import { isDepthwise, lowerDepthwiseWeightGrad, turnedKernel } from "./depthwise.ts";
import { requireFloat } from "./elementwise.ts";
import { sum } from "./sum.ts";
import { eachWindow, type Pair, type PairLike, pairOf, windowCount } from "./windows.ts";

const kernelOf = (w: Shape): Pair => [w[2], w[3]];

/**
 * Calls `visit` with the positions in x, w and y of every product that the convolution adds up: those of one window and filter
 * lie `area` apart in x and `kernel` apart in w, one for each of `own` channels.
 */
function eachProduct(
  x: Shape,
  w: Shape,
  y: Shape,
  attrs: ConvAttrs,
  visit: (x: number, w: number, y: number, own: number, area: number, kernel: number) => void,
): void {
  const [batch, channels, height, width] = x;
  const [filters, own, kh, kw] = w;
  const [rows, columns] = y.slice(2);
  const perGroup = filters / attrs.groups;
  eachWindow([height, width], [rows, columns], { ...attrs, kernel: kernelOf(w) }, (row, column, i, j, yy, xx) => {
    for (let n = 0; n < batch; n++) {
      for (let m = 0; m < filters; m++) {
        const first = n * channels + Math.floor(m / perGroup) * own;
        visit(
          (first * height + yy) * width + xx,
          (m * own * kh + i) * kw + j,
          ((n * filters + m) * rows + row) * columns + column,
          own,
          height * width,
          kh * kw,
        );
      }
    }
  });
}

export const conv2dOp: Op<ConvAttrs> = defineOp<ConvAttrs>({
  name: "conv2d",
  shape: ([x, w, b], { stride, padding, dilation, groups }) => {
    requireFloat(x);
    if (w.dtype !== x.dtype) reject(`x is ${x.dtype} and w ${w.dtype}`, "cast one to the dtype of the other");
    if (x.shape.length !== 4 || w.shape.length !== 4) {
      reject(
        `x is ${formatShape(x.shape)} and w ${formatShape(w.shape)}`,
        "both need four axes: [batch, channels, height, width]",
      );
    }
    const [batch, channels, height, width] = x.shape;
    const [filters, own, kh, kw] = w.shape;
    if (channels !== own * groups) {
      const what = `x has ${channels} channels (${formatShape(x.shape)}) but w expects ${own * groups} (${formatShape(w.shape)})`;
      reject(
        groups === 1 ? what : `${what} in ${groups} groups`,
        "the channels of x must be those of w times the groups",
      );
    }
    if (filters % groups !== 0) reject(`${filters} filters in ${groups} groups`, "the groups must divide the filters");
    if (b && formatShape(b.shape) !== formatShape([filters])) {
      reject(`the bias has shape ${formatShape(b.shape)}`, `give one number for each of the ${filters} filters`);
    }
    const rows = windowCount(height, kh, stride[0], padding[0], dilation[0]);
    const columns = windowCount(width, kw, stride[1], padding[1], dilation[1]);
    return { shape: [batch, filters, rows, columns], dtype: x.dtype };
  },
  evaluate: ([x, w, b], attrs, { shape }) => {
    const plane = shape[2] * shape[3];
    const data = new Float64Array(sizeOf(shape)).map((_, i) => b?.data[Math.floor(i / plane) % shape[1]] ?? 0);
    const [from, weights] = [x.data, w.data];
    eachProduct(x.shape, w.shape, shape, attrs, (xi, wi, yi, own, area, kernel) => {
      let total = data[yi];
      for (let c = 0; c < own; c++) total += from[xi + c * area] * weights[wi + c * kernel];
      data[yi] = total;
    });
    return { shape, data };
  },
  vjp: (g, { inputs: [x, w, b], attrs, needs }) => [
    needs[0] ? bind(inputGradOp, [g, w], { ...attrs, shape: x.shape }) : null,
    needs[1] ? bind(weightGradOp, [x, g], { ...attrs, shape: w.shape }) : null,
    ...(b ? [needs[2] ? sum(g, [0, 2, 3]) : null] : []),
  ],
  lower: (emit, inputs, { inputs: [, w], attrs }) =>
    blockedConvolution(emit, inputs, w, attrs) ??
    webgpuConvolution(emit, inputs, w, attrs) ??
    emit.node("Conv", inputs, onnxAttributes(attrs, kernelOf(w.shape))),
  samples: [
    { attrs: plain({}), inputs: [{ shape: [2, 3, 5, 4] }, { shape: [4, 3, 3, 3] }, { shape: [4] }] },
    { attrs: plain({ stride: [2, 2], padding: [1, 1] }), inputs: [{ shape: [2, 2, 6, 5] }, { shape: [3, 2, 3, 3] }] },
    { attrs: plain({ padding: [2, 2], dilation: [2, 2] }), inputs: [{ shape: [1, 2, 5, 5] }, { shape: [2, 2, 3, 3] }] },
    { attrs: plain({ padding: [1, 0], groups: 2 }), inputs: [{ shape: [2, 4, 4, 4] }, { shape: [6, 2, 3, 2] }] },
    { attrs: plain({ stride: [3, 2], groups: 4 }), inputs: [{ shape: [1, 4, 7, 6] }, { shape: [8, 1, 3, 3] }] },
    { attrs: plain({ padding: [1, 1], groups: 3 }), inputs: [{ shape: [2, 3, 4, 5] }, { shape: [3, 1, 3, 3] }] },
    { attrs: plain({ groups: 2 }), inputs: [{ shape: [1, 2, 4, 4] }, { shape: [12, 1, 2, 3] }, { shape: [12] }] },
    { attrs: plain({ padding: [1, 1] }), inputs: [{ shape: [1, 6, 3, 4] }, { shape: [4, 6, 3, 3] }] },
    {
      attrs: plain({ stride: [2, 2], padding: [1, 1], groups: 3 }),
      inputs: [{ shape: [2, 3, 6, 5] }, { shape: [3, 1, 3, 3] }],
    },
  ],
});

function plain(options: Partial<ConvAttrs>): ConvAttrs {
  return { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1, ...options };
}

export const inputGradOp: Op<ConvGradAttrs> = defineOp<ConvGradAttrs>({
  name: "conv2dInputGrad",
  shape: ([g], { shape }) => ({ shape, dtype: g.dtype }),
  evaluate: ([g, w], attrs) => {
    const data = new Float64Array(sizeOf(attrs.shape));
    const weights = w.data;
    eachProduct(attrs.shape, w.shape, g.shape, attrs, (xi, wi, yi, own, area, kernel) => {
      const factor = g.data[yi];
      for (let c = 0; c < own; c++) data[xi + c * area] += factor * weights[wi + c * kernel];
    });
    return { shape: attrs.shape, data };
  },
  vjp: (u, { inputs: [g, w], attrs: { shape: _, ...attrs }, needs }) => [
    needs[0] ? bind(conv2dOp, [u, w], attrs) : null,
    needs[1] ? bind(weightGradOp, [u, g], { ...attrs, shape: w.shape }) : null,
  ],
  lower: lowerInputGrad,
  samples: [
    { attrs: { ...plain({}), shape: [2, 3, 5, 4] }, inputs: [{ shape: [2, 4, 3, 2] }, { shape: [4, 3, 3, 3] }] },
    {
      attrs: { ...plain({ stride: [2, 2], padding: [1, 1] }), shape: [1, 2, 6, 5] },
      inputs: [{ shape: [1, 3, 3, 3] }, { shape: [3, 2, 3, 3] }],
    },
    {
      attrs: { ...plain({ padding: [1, 0], groups: 2 }), shape: [2, 4, 4, 4] },
      inputs: [{ shape: [2, 6, 4, 3] }, { shape: [6, 2, 3, 2] }],
    },
    {
      attrs: { ...plain({ padding: [2, 1], dilation: [2, 1], groups: 3 }), shape: [2, 3, 5, 4] },
      inputs: [{ shape: [2, 3, 5, 4] }, { shape: [3, 1, 3, 3] }],
    },
  ],
});

export const weightGradOp: Op<ConvGradAttrs> = defineOp<ConvGradAttrs>({
  name: "conv2dWeightGrad",
  shape: ([x], { shape }) => ({ shape, dtype: x.dtype }),
  evaluate: ([x, g], attrs) => {
    const data = new Float64Array(sizeOf(attrs.shape));
    const from = x.data;
    eachProduct(x.shape, attrs.shape, g.shape, attrs, (xi, wi, yi, own, area, kernel) => {
      const factor = g.data[yi];
      for (let c = 0; c < own; c++) data[wi + c * kernel] += factor * from[xi + c * area];
    });
    return { shape: attrs.shape, data };
  },
  vjp: (u, { inputs: [x, g], attrs: { shape: _, ...attrs }, needs }) => [
    needs[0] ? bind(inputGradOp, [g, u], { ...attrs, shape: x.shape }) : null,
    needs[1] ? bind(conv2dOp, [x, u], attrs) : null,
  ],
  lower: lowerWeightGrad,
  samples: [
    { attrs: { ...plain({}), shape: [4, 3, 3, 3] }, inputs: [{ shape: [2, 3, 5, 4] }, { shape: [2, 4, 3, 2] }] },
    {
      attrs: { ...plain({ stride: [2, 2], padding: [1, 1] }), shape: [3, 2, 3, 3] },
      inputs: [{ shape: [1, 2, 6, 5] }, { shape: [1, 3, 3, 3] }],
    },
    {
      attrs: { ...plain({ padding: [1, 0], groups: 2 }), shape: [6, 2, 3, 2] },
      inputs: [{ shape: [2, 4, 4, 4] }, { shape: [2, 6, 4, 3] }],
    },
    // Depthwise: with stride 1; with a stride; and where windows do not reach the end of the picture.
    {
      attrs: { ...plain({ padding: [2, 1], dilation: [2, 1], groups: 3 }), shape: [3, 1, 3, 3] },
      inputs: [{ shape: [2, 3, 5, 4] }, { shape: [2, 3, 5, 4] }],
    },
    {
      attrs: { ...plain({ stride: [2, 1], padding: [1, 1], dilation: [1, 2], groups: 3 }), shape: [3, 1, 3, 2] },
      inputs: [{ shape: [2, 3, 6, 4] }, { shape: [2, 3, 3, 4] }],
    },
    {
      attrs: { ...plain({ stride: [3, 3], groups: 2 }), shape: [2, 1, 2, 2] },
      inputs: [{ shape: [2, 2, 7, 6] }, { shape: [2, 2, 2, 2] }],
    },
  ],
});

/**
 * With stride 1 a convolution of g with the turned kernel, where its padding is not negative: in ONNX Runtime faster than
 * ConvTranspose, which first multiplies and then adds up columns (2.9 against 3.4 ms for 64 to 32 channels on 16×16, batch
 * 64; in four groups 9.6 against 12.9 ms for 64 to 64, batch 32). Otherwise ConvTranspose.
 */
function lowerInputGrad(
  emit: Emit,
  [g, w]: readonly string[],
  { inputs, attrs, dtype }: Tensor<ConvGradAttrs>,
): string {
  const { stride, padding, dilation, groups } = attrs;
  const kernel = kernelOf(inputs[1].shape);
  const reach = [0, 1].map((axis) => dilation[axis] * (kernel[axis] - 1));
  const turnedPadding = [reach[0] - padding[0], reach[1] - padding[1]] as const;
  if (stride[0] === 1 && stride[1] === 1 && Math.min(...turnedPadding) >= 0) {
    const turnedAttrs = { ...attrs, padding: turnedPadding };
    const blocked = blockedTurned(emit, [g, w], inputs[1], turnedAttrs);
    if (blocked !== undefined) return blocked;
    const turned = turnedKernel(emit, w, inputs[1].shape, groups);
    const [filters, channels] = inputs[1].shape;
    const turnedType = { dtype, shape: [channels * groups, filters / groups, ...kernel] };
    return (
      blockedConvolution(emit, [g, turned], turnedType, turnedAttrs) ??
      webgpuConvolution(emit, [g, turned], turnedType, turnedAttrs) ??
      emit.node("Conv", [g, turned], onnxAttributes(turnedAttrs, kernel))
    );
  }
  const blocked = blockedInputGradient(emit, [g, w], { inputs, attrs, dtype });
  if (blocked !== undefined) return blocked;
  // Rows that no window reached (the division by the stride was not exact) come back as output padding.
  const rest = [0, 1].map((axis) => {
    const reached = (inputs[0].shape[axis + 2] - 1) * stride[axis] + reach[axis] + 1;
    return attrs.shape[axis + 2] + 2 * padding[axis] - reached;
  });
  const transposed = { ...onnxAttributes(attrs, kernel), output_padding: rest };
  return (
    webgpuTransposed(emit, [g, w], inputs[1], groups, transposed) ?? emit.node("ConvTranspose", [g, w], transposed)
  );
}

/**
 * Lays the windows of x out as columns [batch, groups, kernel·channels, positions] by slices and one Concat, multiplies
 * them with g [batch, groups, filters, positions], and sums over the batch. ONNX Runtime absorbs the Transpose. 2–3 times faster than a Conv whose operands
 * are transposed, which is the other way to write it in standard operators.
 */
function lowerWeightGrad(emit: Emit, [x, g]: readonly string[], node: Tensor<ConvGradAttrs>): string {
  const { stride, padding, dilation, groups, shape } = node.attrs;
  const blocked = blockedWeightGradient(emit, [x, g], node);
  if (blocked !== undefined) return blocked;
  const [batch, channels] = node.inputs[0].shape;
  const [, filters, rows, columns] = node.inputs[1].shape;
  const [kh, kw] = kernelOf(shape);
  const own = channels / groups;
  const positions = rows * columns;
  const padded = padding.every((p) => p === 0)
    ? x
    : emit.node("Pad", [x, int64(emit, [0, 0, ...padding, 0, 0, ...padding]), emit.constant([0], [], node.dtype)]);
  const shiftedBy = (i: number, j: number) => {
    const start = [i * dilation[0], j * dilation[1]];
    const end = [start[0] + (rows - 1) * stride[0] + 1, start[1] + (columns - 1) * stride[1] + 1];
    return emit.node("Slice", [padded, int64(emit, start), int64(emit, end), int64(emit, [2, 3]), int64(emit, stride)]);
  };
  if (isDepthwise(node.attrs, channels, filters)) return lowerDepthwiseWeightGrad(emit, [x, g], node, shiftedBy);
  const taps: string[] = [];
  for (let i = 0; i < kh; i++) {
    for (let j = 0; j < kw; j++) {
      const tap = shiftedBy(i, j);
      taps.push(groups === 1 ? tap : emit.node("Reshape", [tap, int64(emit, [batch, groups, own, positions])]));
    }
  }
  const joined = emit.node("Concat", taps, { axis: groups === 1 ? 1 : 2 });
  const patch = kh * kw * own;
  const lead = groups === 1 ? [batch] : [batch, groups];
  const cols = emit.node("Reshape", [joined, int64(emit, [...lead, patch, positions])]);
  const cotangent = emit.node("Reshape", [g, int64(emit, [...lead, filters / groups, positions])]);
  const transposed = emit.node("Transpose", [cols], { perm: groups === 1 ? [0, 2, 1] : [0, 1, 3, 2] });
  const perPicture = emit.node("MatMul", [cotangent, transposed]);
  const total = emit.node("ReduceSum", [perPicture, int64(emit, [0])], { keepdims: 0 });
  // [filters, kernel, channels] → [filters, channels, kernel]
  const split = emit.node("Reshape", [total, int64(emit, [filters, kh * kw, own])]);
  return emit.node("Reshape", [emit.node("Transpose", [split], { perm: [0, 2, 1] }), int64(emit, shape)]);
}

export interface ConvOptions {
  /** [filters]; added to every position. */
  readonly bias?: Tensor;
  readonly stride?: PairLike;
  /** Zeros around the picture; "same" keeps height and width (odd kernels, stride 1). */
  readonly padding?: PairLike | "same";
  readonly dilation?: PairLike;
  readonly groups?: number;
}

/** Convolution of x [batch, channels, height, width] with w [filters, channels / groups, kernel height, kernel width]. */
export function conv2d(x: Tensor, w: Tensor, options: ConvOptions = {}): Tensor {
  const dilation = pairOf(options.dilation ?? 1);
  const same: Pair = [(dilation[0] * (w.shape[2] - 1)) / 2, (dilation[1] * (w.shape[3] - 1)) / 2];
  const padding = options.padding === "same" ? same : pairOf(options.padding ?? 0);
  const attrs = { stride: pairOf(options.stride ?? 1), padding, dilation, groups: options.groups ?? 1 };
  return bind(conv2dOp, options.bias ? [x, w, options.bias] : [x, w], attrs);
}

/** The transposed convolution: g [batch, filters, …] to [batch, channels, …], w as in `conv2d`. */
export function convTranspose2d(
  g: Tensor,
  w: Tensor,
  options: { readonly stride?: PairLike; readonly padding?: PairLike; readonly outputPadding?: PairLike } = {},
): Tensor {
  const [stride, padding, extra] = [options.stride ?? 1, options.padding ?? 0, options.outputPadding ?? 0].map(pairOf);
  const size = [0, 1].map((i) => (g.shape[i + 2] - 1) * stride[i] - 2 * padding[i] + w.shape[i + 2] + extra[i]);
  const shape = [g.shape[0], w.shape[1], ...size];
  return bind(inputGradOp, [g, w], { stride, padding, dilation: [1, 1], groups: 1, shape });
}
