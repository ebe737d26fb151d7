import { formatShape, sameShape, UsageError } from "../core/index.ts";
import { constant, placed, type Tensor, topological } from "../ir/index.ts";
import { add, broadcastTo, sumTo } from "../ops/index.ts";

/**
 * The reverse sweep: ∂y/∂x for every x in `wrt`, as new nodes of the same graph (so it can be applied again).
 *
 * Walks from y against the direction of the arrows. Each node hands its cotangent, the derivative of y with respect to
 * the node's output, to its op's `vjp` rule and receives the cotangents of its inputs; where a value was used several
 * times they add up. Only nodes that lie between y and some x take part. Un-broadcasting happens here, once, so no rule
 * has to think of it. New nodes inherit the place of the node that they are the adjoint of.
 *
 * @param y the value to differentiate: a scalar, or any shape when `seed` is given
 * @param seed the cotangent of y, of y's shape; 1 for a scalar
 * @returns one tensor per x, of x's shape; zeros where y does not depend on x
 * @throws UsageError when y is not a scalar and no seed is given, or when the seed has another shape
 */
export function gradients(y: Tensor, wrt: readonly Tensor[], seed?: Tensor): Tensor[] {
  if (seed === undefined && y.rank !== 0) {
    throw new UsageError(
      "gradients",
      `the value has shape ${formatShape(y.shape)}`,
      "reduce it to a scalar, or give a seed",
    );
  }
  if (seed !== undefined && !sameShape(seed.shape, y.shape)) {
    const what = `the seed has shape ${formatShape(seed.shape)}, the value ${formatShape(y.shape)}`;
    throw new UsageError("gradients", what, "give a seed of the value's shape");
  }
  const order = topological([y]);
  const relevant = new Set<Tensor>(wrt);
  for (const tensor of order) {
    if (tensor.inputs.some((input) => relevant.has(input))) relevant.add(tensor);
  }
  const cotangents = new Map<Tensor, Tensor>([[y, seed ?? constant(1, [], y.dtype)]]);
  for (const tensor of order.reverse()) {
    const cotangent = cotangents.get(tensor);
    if (cotangent === undefined || !relevant.has(tensor) || tensor.inputs.length === 0) continue;
    placed({ scope: tensor.place.scope, backward: true }, () => {
      const needs = tensor.inputs.map((input) => relevant.has(input));
      const { inputs, attrs } = tensor;
      const parts = tensor.op.vjp(cotangent, { inputs, output: tensor, attrs, needs });
      tensor.inputs.forEach((input, i) => {
        const part = parts[i];
        if (!needs[i] || part === null || part === undefined) return;
        const shaped = fitted(part, input);
        const earlier = cotangents.get(input);
        cotangents.set(input, earlier === undefined ? shaped : add(earlier, shaped));
      });
    });
  }
  return wrt.map((x) => cotangents.get(x) ?? broadcastTo(constant(0, [], x.dtype), x.shape));
}

/** Gives a cotangent the shape of its input: sums what was repeated, repeats a rule's bare constant. */
function fitted(cotangent: Tensor, input: Tensor): Tensor {
  if (sameShape(cotangent.shape, input.shape)) return cotangent;
  return cotangent.rank < input.rank ? broadcastTo(cotangent, input.shape) : sumTo(cotangent, input.shape);
}
