/**
 * matmul: z[…,m,n] = Σₖ a[…,m,k] · b[…,k,n], leading axes broadcast. ONNX MatMul (opset 13).
 * Backward: ∂L/∂a = g bᵀ, ∂L/∂b = aᵀ g; the engine sums broadcast leading axes back. Of one matrix b for all of a's the sum is a
 * product itself, of all their rows at once: one large product instead of many and a sum.
 */
import { broadcastShapes, formatShape, sizeOf } from "../core/index.ts";
import { bind, defineOp, type Op, reject, type Tensor } from "../ir/index.ts";
import { broadcastIndices, isFloat, none } from "./elementwise.ts";
import { reshape } from "./reshape.ts";
import { transpose } from "./transpose.ts";

const asRows = (x: Tensor) => (x.rank === 2 ? x : reshape(x, [-1, x.shape[x.rank - 1]]));

export const matmulOp: Op = defineOp({
  name: "matmul",
  shape: ([a, b]) => {
    const shapes = `${formatShape(a.shape)} and ${formatShape(b.shape)}`;
    if (!isFloat(a) || a.dtype !== b.dtype)
      reject(`the operands are ${a.dtype} and ${b.dtype}`, "use one floating dtype");
    if (a.shape.length < 2 || b.shape.length < 2) reject(`the shapes are ${shapes}`, "both operands need two axes");
    const [m, inner] = a.shape.slice(-2);
    const [inner2, n] = b.shape.slice(-2);
    if (inner !== inner2) {
      reject(`the inner sizes ${inner} and ${inner2} of ${shapes} differ`, "columns of a must equal rows of b");
    }
    const lead = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
    if (lead === undefined) reject(`the leading axes of ${shapes} do not broadcast`, "sizes must be equal or 1");
    return { shape: [...lead, m, n], dtype: a.dtype };
  },
  evaluate: ([a, b], _, { shape }) => {
    const [m, n] = shape.slice(-2);
    const inner = a.shape[a.shape.length - 1];
    const lead = shape.slice(0, -2);
    const left = broadcastIndices(a.shape.slice(0, -2), lead);
    const right = broadcastIndices(b.shape.slice(0, -2), lead);
    const data = new Float64Array(sizeOf(shape));
    for (let i = 0; i < data.length; i++) {
      const [matrix, row, column] = [Math.floor(i / (m * n)), Math.floor(i / n) % m, i % n];
      let total = 0;
      for (let k = 0; k < inner; k++) {
        total += a.data[(left[matrix] * m + row) * inner + k] * b.data[(right[matrix] * inner + k) * n + column];
      }
      data[i] = total;
    }
    return { shape, data };
  },
  vjp: (g, { inputs: [a, b], needs }) => [
    needs[0] ? matmul(g, transpose(b)) : null,
    needs[1] ? (b.rank === 2 ? matmul(transpose(asRows(a)), asRows(g)) : matmul(transpose(a), g)) : null,
  ],
  lower: (emit, inputs) => emit.node("MatMul", inputs),
  samples: [
    { attrs: none, inputs: [{ shape: [3, 4] }, { shape: [4, 5] }] },
    { attrs: none, inputs: [{ shape: [2, 3, 4] }, { shape: [4, 5] }] },
    { attrs: none, inputs: [{ shape: [2, 1, 3, 4] }, { shape: [5, 4, 2] }] },
  ],
});

/** The matrix product over the last two axes; a vector counts as a row on the left and as a column on the right. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  if (a.rank > 1 && b.rank > 1) return bind(matmulOp, [a, b], none);
  const product = matmul(a.rank === 1 ? reshape(a, [1, -1]) : a, b.rank === 1 ? reshape(b, [-1, 1]) : b);
  const [rows, columns] = [
    a.rank === 1 ? [] : product.shape.slice(-2, -1),
    b.rank === 1 ? [] : product.shape.slice(-1),
  ];
  return reshape(product, [...product.shape.slice(0, -2), ...rows, ...columns]);
}
