/**
 * New states that native ONNX Runtime computes in the memory that they get. Its operators with a sum, Z + X·W, add to what lies in
 * their result already if that is where Z is; otherwise they copy Z there first, with one thread, as Gemm does its C. So the unit
 * before writes Z into that memory: it is an output of the model of its own, which the caller gives the same array. Results are
 * the same, bit by bit. On two cores with AVX-512, for weights [8192, 8192] and batches of 128, ms: velocity and weights as
 * Mul, Gemm, Mul, Sub 196; in this way 115, of which the product is 75. For [784, 512] 0.84 and 0.55.
 *
 * A velocity and its weights that are larger than the processor's caches grow part by part: the next operator then finds there what the
 * one before has written. On another machine, for [8192, 8192], in parts of so many rows: all 91 ms, 512 82, 256 78, 128 77, of which
 * the product is 51.
 */
import { type Shape, sizeOf } from "../core/index.ts";
import { type Emit, type Grown, int64, isInput, type Tensor } from "../ir/index.ts";
import { BLOCK, blockedNode } from "./blocked.ts";

/** Of fewer numbers each operator more costs as much as it saves: the step of a linear model, 784 → 10, took 0.15 instead of 0.13 ms. */
const LEAST = 2 ** 16;

/** Numbers of a part, 8 MB: a state of more than twice as many grows in parts. */
const PART = 2 ** 21;

/** Of the state, and so an array of the caller's. */
const isState = (tensor: Tensor) => isInput(tensor) && ["weight", "slot"].includes(tensor.attrs.role);

/** k·s with a slot and one number: the value that is begun with. */
const isScaledSlot = ({ op, inputs: [slot, factor] }: Tensor) =>
  op.name === "mul" && isInput(slot) && slot.attrs.role === "slot" && factor.rank === 0;

const readersOf = (emit: Emit, tensor: Tensor) => (emit.readers?.get(tensor) ?? []) as readonly Tensor[];

/** What something else reads must stay as it is, and a product is to be done once. */
export const isReadOnce = (emit: Emit, tensor: Tensor) => readersOf(emit, tensor).length === 1;

const suits = (emit: Emit, { shape, dtype }: Tensor) =>
  emit.grown !== undefined && dtype === "float32" && sizeOf(shape) >= LEAST;

/** Whether a difference is w − η·u with weights w and one number η, of which the change is read here alone. */
function isStep(emit: Emit, output: Tensor): boolean {
  if (output.op.name !== "sub" || !suits(emit, output)) return false;
  const [parameter, change] = output.inputs;
  const { op, inputs } = change;
  if (!isState(parameter) || op.name !== "mul" || inputs[1].rank !== 0 || !isReadOnce(emit, change)) return false;
  const size = sizeOf(output.shape);
  return size % BLOCK === 0 && sizeOf(inputs[0].shape) === size;
}

/** Whether a velocity is read by a step alone, and that by nothing: both can be there in parts. */
function isForStep(emit: Emit, velocity: Tensor): boolean {
  const [change, ...others] = readersOf(emit, velocity);
  const [step] = change === undefined ? [] : readersOf(emit, change);
  return others.length === 0 && step !== undefined && isStep(emit, step) && readersOf(emit, step).length === 0;
}

/** A value in another form. */
const formed = (emit: Emit, value: string, shape: Shape) => emit.node("Reshape", [value, int64(emit, shape)]);

/** Hands out a grown value in the shape that it has, and remembers the form in which it is an output. */
function grown(emit: Emit, made: Grown, shape: Shape): string {
  // Nothing reads a value that is there in parts but what knows them; but it has a name of its own like any other.
  const names = made.parts.map(({ name }) => name);
  const whole = names.length === 1 ? names[0] : emit.node("Concat", names, { axis: 1 });
  const plain = formed(emit, whole, shape);
  emit.grown?.set(plain, made);
  return plain;
}

/** How many parts so many rows make: equal ones, of whole blocks of channels; one where those would be small. */
function partsOf(rows: number, size: number): number {
  let count = Math.ceil(size / PART);
  while (count < rows && rows % (count * BLOCK) !== 0) count++;
  return size > 2 * PART && size / count >= PART / 4 ? count : 1;
}

/** A part of the state, in a form: of the whole a Reshape, else an input of its own. */
const stateIn = (emit: Emit, state: string, index: number, count: number, shape: Shape) =>
  count === 1 ? formed(emit, state, shape) : emit.partOf(state, index, count, shape);

/**
 * s·v + xᵀ·g, a velocity and the gradient of a dense layer, as a convolution 1×1: the units that come in are filters, pictures
 * channels, and the units that go out places.
 */
export function grownProduct(emit: Emit, [scaled, product]: readonly string[], output: Tensor): string | undefined {
  const [velocity, gradient] = output.inputs;
  if (!suits(emit, output) || gradient.op.name !== "matmul" || !isScaledSlot(velocity)) return undefined;
  if (!isReadOnce(emit, velocity) || !isReadOnce(emit, gradient)) return undefined;
  const made = emit.origin?.(product);
  const scaling = emit.origin?.(scaled);
  const [units, batch] = gradient.inputs[0].shape;
  const [, others] = gradient.shape;
  if (made?.opType !== "MatMul" || output.rank !== 2 || gradient.inputs[0].rank !== 2) return undefined;
  if (scaling?.opType !== "Mul") return undefined;
  const [left, right] = made.inputs;
  const [slot, kept] = scaling.inputs;
  const size = sizeOf(output.shape);
  const count = isForStep(emit, output) ? partsOf(units, size) : 1;
  const rows = units / count;
  const places = formed(emit, right, [1, batch, 1, others]);
  const lefts = count === 1 ? [left] : emit.nodes("Split", [left], count, { axis: 0, num_outputs: count });
  const shape = [1, rows, 1, others];
  const parts = lefts.map((x, i) => {
    const filters = formed(emit, x, [rows, batch, 1, 1]);
    const begun = emit.node("Mul", [stateIn(emit, slot, i, count, shape), kept]);
    const name = emit.node("com.microsoft:FusedConv", [places, filters, "", begun], { kernel_shape: [1, 1] });
    return { name, begun };
  });
  // Of a large network there is less then, and memory that was just read is written in two thirds of the time.
  const own = size > 2 * PART && isReadOnce(emit, velocity.inputs[0]);
  return grown(emit, { parts, shape, ...(own ? { over: slot } : {}) }, output.shape);
}

/** w − η·u with weights w and one number η: the second operand is begun with, and w is added as a depthwise convolution of 1s. */
export function grownStep(emit: Emit, [weights, change]: readonly string[], output: Tensor): string | undefined {
  const made = emit.origin?.(change);
  if (!isStep(emit, output) || made?.opType !== "Mul") return undefined;
  const [u, rate] = made.inputs;
  // A velocity that has grown is taken in the form that it has, part by part: each Reshape less is a microsecond.
  const known = emit.grown?.get(u);
  const taken = known && known.shape[1] % BLOCK === 0 ? known : undefined;
  const shape = taken?.shape ?? inRows(sizeOf(output.shape) / BLOCK);
  const velocities = taken?.parts.map(({ name }) => name) ?? [formed(emit, u, shape)];
  const ones = emit.constant(new Float64Array(shape[1]).fill(1), [shape[1], 1, 1, 1], "float32");
  const parts = velocities.map((velocity, i) => {
    const begun = emit.node("Mul", [velocity, emit.node("Neg", [rate])]);
    const operands = [stateIn(emit, weights, i, velocities.length, shape), ones, "", begun];
    return { name: blockedNode(emit, "Conv", operands, { kernel_shape: [1, 1], group: shape[1] }), begun };
  });
  return grown(emit, { parts, shape }, output.shape);
}

/** A form for 16 channels of so many places: a row is what one call of the kernel does, at most 1024, and a thread's work is whole rows. */
function inRows(places: number): Shape {
  let length = Math.min(1024, places);
  while (places % length !== 0) length--;
  return [1, BLOCK, places / length, length];
}
