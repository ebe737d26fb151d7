/**
 * layerNorm: y = (x − μ) / √(v + ε) · scale + bias, with the mean μ and the variance v (divided by their number) of the values
 * along the last axis, of each row by itself; scale and bias [size of the last axis] are optional. ONNX LayerNormalization
 * (opset 17). Ba, Kiros and Hinton 2016, "Layer normalization".
 * Backward, with x̂ = (x − μ) r, r = 1 / √(v + ε) and u = g · scale:
 *   ∂L/∂x = r (u − mean(u) − x̂ mean(u x̂)), ∂L/∂scale = Σ g x̂, ∂L/∂bias = Σ g.
 *
 * inverseDeviation: r itself, [… , 1]; the third output of the same operator. Backward: ∂r/∂x = −r² x̂ / n. x̂ and r come from one
 * node, which ONNX Runtime computes once; by means and roots it would be eight passes over x instead of one.
 */
import { formatShape } from "../core/index.ts";
import { bind, defineOp, type Emit, type Op, reject, type Tensor, type TensorType } from "../ir/index.ts";
import { add } from "./add.ts";
import { requireFloat } from "./elementwise.ts";
import { mean } from "./mean.ts";
import { mul } from "./mul.ts";
import { sub } from "./sub.ts";

interface LayerNormAttrs {
  /** Added to the variance, so that rows of equal values become 0. */
  readonly epsilon: number;
}

function requireRows(x: TensorType): void {
  requireFloat(x);
  if (!(x.shape.at(-1)! > 0)) reject(`the input is ${formatShape(x.shape)}`, "its last axis needs at least one value");
}

/** Mean and 1 / √(v + ε) of each row of `size` values. */
function momentsOf(data: Float64Array, size: number, epsilon: number): { mean: number; inverse: number }[] {
  return Array.from({ length: data.length / size }, (_, row) => {
    const values = data.subarray(row * size, (row + 1) * size);
    const mean = values.reduce((total, value) => total + value, 0) / size;
    const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / size;
    return { mean, inverse: 1 / Math.sqrt(variance + epsilon) };
  });
}

/** x̂, mean and r as ONNX has them. */
function lowerStandardized(emit: Emit, x: string, { shape, dtype }: TensorType, { epsilon }: LayerNormAttrs): string[] {
  const size = shape.at(-1)!;
  const ones = emit.constant(new Float64Array(size).fill(1), [size], dtype);
  return emit.nodes("LayerNormalization", [x, ones], 3, { axis: -1, epsilon: { float: epsilon } });
}

export const layerNormOp: Op<LayerNormAttrs> = defineOp<LayerNormAttrs>({
  name: "layerNorm",
  shape: ([x, ...affine]) => {
    requireRows(x);
    const size = x.shape.at(-1)!;
    affine.forEach(({ shape, dtype }, i) => {
      if (shape.length === 1 && shape[0] === size && dtype === x.dtype) return;
      const what = `the ${i === 0 ? "scale" : "bias"} is ${dtype}${formatShape(shape)}`;
      reject(what, `give ${x.dtype}[${size}], one number for each place along the last axis`);
    });
    return { shape: x.shape, dtype: x.dtype };
  },
  evaluate: ([x, scale, bias], { epsilon }, { shape }) => {
    const size = shape.at(-1)!;
    const rows = momentsOf(x.data, size, epsilon);
    const data = x.data.map((value, i) => {
      const { mean, inverse } = rows[Math.floor(i / size)];
      return (value - mean) * inverse * (scale?.data[i % size] ?? 1) + (bias?.data[i % size] ?? 0);
    });
    return { shape, data };
  },
  vjp: (g, { inputs: [x, scale, bias], output, attrs, needs }) => {
    const standardized = scale ? bind(layerNormOp, [x], attrs) : output;
    const product = mul(g, standardized);
    const last = x.rank - 1;
    const slope = () => {
      const [u, along] = scale ? [mul(g, scale), mul(product, scale)] : [g, product];
      const centred = sub(sub(u, mean(u, last, true)), mul(standardized, mean(along, last, true)));
      return mul(bind(inverseDeviationOp, [x], attrs), centred);
    };
    return [needs[0] ? slope() : null, ...(scale ? [product] : []), ...(bias ? [g] : [])];
  },
  lower: (emit, [x, ...affine], { inputs, attrs }) =>
    affine.length === 0
      ? lowerStandardized(emit, x, inputs[0], attrs)[0]
      : emit.node("LayerNormalization", [x, ...affine], { axis: -1, epsilon: { float: attrs.epsilon } }),
  samples: [
    { attrs: { epsilon: 1e-5 }, inputs: [{ shape: [3, 4] }, { shape: [4] }, { shape: [4] }] },
    { attrs: { epsilon: 0.1 }, inputs: [{ shape: [2, 3, 5], range: [2, 6] }] },
    { attrs: { epsilon: 1e-3 }, inputs: [{ shape: [2, 3] }, { shape: [3] }] },
  ],
});

export const inverseDeviationOp: Op<LayerNormAttrs> = defineOp<LayerNormAttrs>({
  name: "inverseDeviation",
  shape: ([x]) => {
    requireRows(x);
    return { shape: [...x.shape.slice(0, -1), 1], dtype: x.dtype };
  },
  evaluate: ([x], { epsilon }, { shape }) => {
    const rows = momentsOf(x.data, x.shape.at(-1)!, epsilon);
    return { shape, data: Float64Array.from(rows, ({ inverse }) => inverse) };
  },
  vjp: (g, { inputs: [x], output, attrs }) => {
    const along = mul(mul(g, mul(output, output)), -1 / x.shape.at(-1)!);
    return [mul(along, bind(layerNormOp, [x], attrs))];
  },
  lower: (emit, [x], { inputs, attrs }) => lowerStandardized(emit, x, inputs[0], attrs)[2],
  samples: [
    { attrs: { epsilon: 1e-3 }, inputs: [{ shape: [3, 4] }] },
    { attrs: { epsilon: 0.1 }, inputs: [{ shape: [2, 3, 5], range: [2, 6] }] },
  ],
});

/**
 * Each row along the last axis with mean 0 and variance 1, times scale, plus bias.
 * @param affine scale and bias, [size of the last axis] each
 */
export function layerNorm(
  x: Tensor,
  affine: { readonly scale?: Tensor; readonly bias?: Tensor } = {},
  epsilon = 1e-5,
): Tensor {
  const { scale, bias } = affine;
  if (scale === undefined && bias !== undefined) return add(layerNorm(x, {}, epsilon), bias);
  return bind(layerNormOp, [x, ...(scale ? [scale] : []), ...(bias ? [bias] : [])], { epsilon });
}
