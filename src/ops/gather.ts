/**
 * gather: y[…, i, …] = x[…, indices[i], …] along one axis, indices (int32) of any shape. ONNX Gather (opset 13).
 * scatterAdd: the transpose: adds each slice of g to the place that its index names, repeated indices adding up.
 * ONNX ScatterND with reduction add (opset 18), the axis moved to the front. Each is the other's backward.
 * Indices outside [0, size) are an error of the caller, which ONNX Runtime reports.
 */
import { formatShape, type Shape, sizeOf } from "../core/index.ts";
import { bind, defineOp, int64, type NDArray, reject, type Tensor, type TensorType } from "../ir/index.ts";
import { isFloat } from "./elementwise.ts";

interface GatherAttrs {
  readonly axis: number;
}

function requireIndices(indices: TensorType): void {
  if (indices.dtype !== "int32") reject(`the indices are ${indices.dtype}`, "use int32");
}

/** Visits (position in the full array, position in the gathered one) for every gathered element. */
function eachGathered(full: Shape, axis: number, indices: NDArray, visit: (from: number, to: number) => void): void {
  const outer = sizeOf(full.slice(0, axis));
  const inner = sizeOf(full.slice(axis + 1));
  let to = 0;
  for (let o = 0; o < outer; o++) {
    for (const index of indices.data) {
      for (let i = 0; i < inner; i++) visit((o * full[axis] + index) * inner + i, to++);
    }
  }
}

export const gatherOp = defineOp<GatherAttrs>({
  name: "gather",
  shape: ([x, indices], { axis }) => {
    requireIndices(indices);
    if (!(axis >= 0 && axis < x.shape.length))
      reject(`axis ${axis} of shape ${formatShape(x.shape)}`, "name one of its axes");
    return { shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], dtype: x.dtype };
  },
  evaluate: ([x, indices], { axis }, { shape }) => {
    const data = new Float64Array(sizeOf(shape));
    eachGathered(x.shape, axis, indices, (from, to) => {
      data[to] = x.data[from];
    });
    return { shape, data };
  },
  vjp: (g, { inputs: [x, indices], attrs: { axis } }) => [
    isFloat(x) ? bind(scatterAddOp, [g, indices], { axis, shape: x.shape }) : null,
    null,
  ],
  lower: (emit, inputs, { attrs: { axis } }) => emit.node("Gather", inputs, { axis }),
  samples: [
    { attrs: { axis: 0 }, inputs: [{ shape: [3, 4] }, { shape: [2, 2], dtype: "int32", range: [0, 3] }] },
    { attrs: { axis: 1 }, inputs: [{ shape: [2, 3, 2] }, { shape: [4], dtype: "int32", values: [2, 0, 2, 1] }] },
  ],
});

/** The slices of x along `axis` (negative counts from the end) that `indices` (int32) name. */
export const gather = (x: Tensor, indices: Tensor, axis = 0): Tensor =>
  bind(gatherOp, [x, indices], { axis: axis < 0 ? axis + x.rank : axis });

interface ScatterAttrs extends GatherAttrs {
  /** Shape of the result. */
  readonly shape: Shape;
}

export const scatterAddOp = defineOp<ScatterAttrs>({
  name: "scatterAdd",
  shape: ([g, indices], { axis, shape }) => {
    requireIndices(indices);
    const expected = [...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)];
    if (formatShape(expected) !== formatShape(g.shape)) {
      reject(`the values have shape ${formatShape(g.shape)}`, `indices and result need ${formatShape(expected)}`);
    }
    return { shape, dtype: g.dtype };
  },
  evaluate: ([g, indices], { axis, shape }) => {
    const data = new Float64Array(sizeOf(shape));
    eachGathered(shape, axis, indices, (from, to) => {
      data[from] += g.data[to];
    });
    return { shape, data };
  },
  vjp: (g, { inputs: [, indices], attrs: { axis } }) => [gather(g, indices, axis), null],
  lower: (emit, [g, indices], { inputs, dtype, attrs: { axis, shape } }) => {
    const { shape: indexShape } = inputs[1];
    // The index axes, then the axes before them, then those behind.
    const lead = indexShape.map((_, i) => axis + i);
    const before = shape.slice(0, axis).map((_, i) => i);
    const behind = shape.slice(axis + 1).map((_, i) => axis + indexShape.length + i);
    const values = axis === 0 ? g : emit.node("Transpose", [g], { perm: [...lead, ...before, ...behind] });
    const moved = [shape[axis], ...shape.slice(0, axis), ...shape.slice(axis + 1)];
    const zeros = emit.node("Expand", [emit.constant([0], [], dtype), int64(emit, moved)]);
    const places = emit.node("Unsqueeze", [emit.node("Cast", [indices], { to: 7 }), int64(emit, [-1])]);
    const sums = emit.node("ScatterND", [zeros, places, values], { reduction: "add" });
    if (axis === 0) return sums;
    const back = shape.map((_, i) => (i < axis ? i + 1 : i === axis ? 0 : i));
    return emit.node("Transpose", [sums], { perm: back });
  },
  samples: [
    {
      attrs: { axis: 0, shape: [3, 2] },
      inputs: [{ shape: [4, 2] }, { shape: [4], dtype: "int32", values: [2, 0, 2, 1] }],
    },
    {
      attrs: { axis: 1, shape: [2, 3, 2] },
      inputs: [{ shape: [2, 2, 2, 2] }, { shape: [2, 2], dtype: "int32", range: [0, 3] }],
    },
  ],
});
