/**
 * New states that native ONNX Runtime computes in the memory that they get. Its operators with a sum, Z + X·W, add to what lies in
 * their result already if that is where Z is; otherwise they copy Z there first, with one thread, as Gemm does its C. So the unit
 * before writes Z into that memory: it is an output of the model of its own, which the caller gives the same array. Results are
 * the same, bit by bit. On two cores with AVX-512, for weights [8192, 8192] and batches of 128, ms: velocity and weights as
 * Mul, Gemm, Mul, Sub 196; in this way 115, of which the product is 75. For [784, 512] 0.84 and 0.55.
 */
import { type Shape, sizeOf } from "../core/index.ts";
import { type Emit, int64, isInput, type Tensor } from "../ir/index.ts";
import { BLOCK, blockedNode } from "./blocked.ts";

/** Of fewer numbers each operator more costs as much as it saves: the step of a linear model, 784 → 10, took 0.15 instead of 0.13 ms. */
const LEAST = 2 ** 16;

/** Of the state, and so an array of the caller's. */
const isState = (tensor: Tensor) => isInput(tensor) && ["weight", "slot"].includes(tensor.attrs.role);

/** k·s with a part of the state and one number: the value that is begun with. */
const isScaledState = ({ op, inputs }: Tensor) => op.name === "mul" && isState(inputs[0]) && inputs[1].rank === 0;

/** What something else reads must stay as it is, and a product is to be done once. */
export const isReadOnce = (emit: Emit, tensor: Tensor) => emit.readers?.get(tensor) === 1;

const suits = (emit: Emit, { shape, dtype }: Tensor) =>
  emit.grown !== undefined && dtype === "float32" && sizeOf(shape) >= LEAST;

/** Hands out a grown value in the shape that it has, and remembers the form in which it is an output. */
function grown(emit: Emit, name: string, begun: string, apart: Shape, shape: Shape): string {
  const plain = emit.node("Reshape", [name, int64(emit, shape)]);
  emit.grown?.set(plain, { name, begun, shape: apart });
  return plain;
}

/**
 * s·v + xᵀ·g, a velocity and the gradient of a dense layer, as a convolution 1×1: the units that come in are filters, pictures
 * channels, and the units that go out places.
 */
export function grownProduct(emit: Emit, [scaled, product]: readonly string[], output: Tensor): string | undefined {
  const [velocity, gradient] = output.inputs;
  if (!suits(emit, output) || gradient.op.name !== "matmul" || !isScaledState(velocity)) return undefined;
  if (!isReadOnce(emit, velocity) || !isReadOnce(emit, gradient)) return undefined;
  const made = emit.origin?.(product);
  const [units, batch] = gradient.inputs[0].shape;
  const [, others] = gradient.shape;
  if (made?.opType !== "MatMul" || output.rank !== 2 || gradient.inputs[0].rank !== 2) return undefined;
  const [left, right] = made.inputs;
  const filters = emit.node("Reshape", [left, int64(emit, [units, batch, 1, 1])]);
  const places = emit.node("Reshape", [right, int64(emit, [1, batch, 1, others])]);
  const apart = [1, units, 1, others];
  const begun = emit.node("Reshape", [scaled, int64(emit, apart)]);
  const sum = emit.node("com.microsoft:FusedConv", [places, filters, "", begun], { kernel_shape: [1, 1] });
  return grown(emit, sum, scaled, apart, output.shape);
}

/** w − η·u with weights w and one number η: the second operand is begun with, and w is added as a depthwise convolution of 1s. */
export function grownStep(emit: Emit, [weights, change]: readonly string[], output: Tensor): string | undefined {
  const [parameter, { op, inputs }] = output.inputs;
  if (!suits(emit, output) || !isState(parameter) || op.name !== "mul" || inputs[1].rank !== 0) return undefined;
  if (!isReadOnce(emit, output.inputs[1])) return undefined;
  const size = sizeOf(output.shape);
  const made = emit.origin?.(change);
  if (made?.opType !== "Mul" || size % BLOCK !== 0 || sizeOf(inputs[0].shape) !== size) return undefined;
  const [u, rate] = made.inputs;
  // A velocity that has grown is taken in the form that it has: each Reshape less is a microsecond.
  const known = emit.grown?.get(u);
  const taken = known && known.shape[1] % BLOCK === 0 ? known : undefined;
  const apart = taken?.shape ?? inRows(size / BLOCK);
  const inForm = (value: string) => emit.node("Reshape", [value, int64(emit, apart)]);
  const begun = emit.node("Mul", [taken?.name ?? u, emit.node("Neg", [rate])]);
  const ones = emit.constant(new Float64Array(apart[1]).fill(1), [apart[1], 1, 1, 1], "float32");
  const sum = blockedNode(emit, "Conv", [inForm(weights), ones, "", taken ? begun : inForm(begun)], {
    kernel_shape: [1, 1],
    group: apart[1],
  });
  return grown(emit, sum, begun, apart, output.shape);
}

/** A form for 16 channels of so many places: a row is what one call of the kernel does, at most 1024, and a thread's work is whole rows. */
function inRows(places: number): Shape {
  let length = Math.min(1024, places);
  while (places % length !== 0) length--;
  return [1, BLOCK, places / length, length];
}
