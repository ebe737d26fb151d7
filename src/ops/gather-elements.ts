/**
 * gatherElements: y[i, j] = x[i, indices[i, j]] (for the last axis; any axis alike): one index for each element of y, whose
 * shape is that of the indices (int32). ONNX GatherElements (opset 13); torch.gather.
 * scatterElementsAdd: its transpose: adds g[i, j] at [i, indices[i, j]]. ONNX ScatterElements with reduction add (opset 18).
 */
import { formatShape, type Shape, sizeOf, stridesOf } from "../core/index.ts";
import { bind, defineOp, type NDArray, reject, type Tensor, type TensorType } from "../ir/index.ts";
import { isFloat } from "./elementwise.ts";

interface GatherElementsAttrs {
  readonly axis: number;
}

function requireIndices(indices: TensorType, full: Shape, axis: number): void {
  if (indices.dtype !== "int32") reject(`the indices are ${indices.dtype}`, "use int32");
  const fits = indices.shape.length === full.length && indices.shape.every((dim, i) => i === axis || dim <= full[i]);
  if (!fits) {
    reject(
      `indices of shape ${formatShape(indices.shape)} for ${formatShape(full)}`,
      "give as many axes, none longer but the gathered one",
    );
  }
}

/** For each element of the indices, its place in the full array. */
function placesOf(full: Shape, axis: number, indices: NDArray): Int32Array {
  const strides = stridesOf(full);
  const own = stridesOf(indices.shape);
  return Int32Array.from(indices.data, (index, i) =>
    full.reduce((position, _, a) => {
      const coordinate = a === axis ? index : Math.floor(i / own[a]) % indices.shape[a];
      return position + coordinate * strides[a];
    }, 0),
  );
}

export const gatherElementsOp = defineOp<GatherElementsAttrs>({
  name: "gatherElements",
  shape: ([x, indices], { axis }) => {
    if (!(axis >= 0 && axis < x.shape.length))
      reject(`axis ${axis} of shape ${formatShape(x.shape)}`, "name one of its axes");
    requireIndices(indices, x.shape, axis);
    return { shape: indices.shape, dtype: x.dtype };
  },
  evaluate: ([x, indices], { axis }, { shape }) => ({
    shape,
    data: Float64Array.from(placesOf(x.shape, axis, indices), (place) => x.data[place]),
  }),
  vjp: (g, { inputs: [x, indices], attrs: { axis } }) => [
    isFloat(x) ? bind(scatterElementsAddOp, [g, indices], { axis, shape: x.shape }) : null,
    null,
  ],
  lower: (emit, inputs, { attrs: { axis } }) => emit.node("GatherElements", inputs, { axis }),
  samples: [
    { attrs: { axis: 1 }, inputs: [{ shape: [2, 4] }, { shape: [2, 3], dtype: "int32", range: [0, 4] }] },
    { attrs: { axis: 0 }, inputs: [{ shape: [3, 2] }, { shape: [4, 2], dtype: "int32", range: [0, 3] }] },
  ],
});

/** One element of x for each index (int32), taken along `axis` (negative counts from the end). */
export const gatherElements = (x: Tensor, indices: Tensor, axis = -1): Tensor =>
  bind(gatherElementsOp, [x, indices], { axis: axis < 0 ? axis + x.rank : axis });

interface ScatterElementsAttrs extends GatherElementsAttrs {
  /** Shape of the result. */
  readonly shape: Shape;
}

export const scatterElementsAddOp = defineOp<ScatterElementsAttrs>({
  name: "scatterElementsAdd",
  shape: ([g, indices], { axis, shape }) => {
    requireIndices(indices, shape, axis);
    return { shape, dtype: g.dtype };
  },
  evaluate: ([g, indices], { axis, shape }) => {
    const data = new Float64Array(sizeOf(shape));
    placesOf(shape, axis, indices).forEach((place, i) => {
      data[place] += g.data[i];
    });
    return { shape, data };
  },
  vjp: (g, { inputs: [, indices], attrs: { axis } }) => [gatherElements(g, indices, axis), null],
  lower: (emit, [g, indices], { dtype, attrs: { axis, shape } }) => {
    const zeros = emit.node("Expand", [emit.constant([0], [], dtype), emit.constant(shape, [shape.length], "int64")]);
    return emit.node("ScatterElements", [zeros, indices, g], { axis, reduction: "add" });
  },
  samples: [
    {
      attrs: { axis: 1, shape: [2, 4] },
      inputs: [{ shape: [2, 3] }, { shape: [2, 3], dtype: "int32", values: [0, 3, 3, 1, 1, 1] }],
    },
  ],
});
