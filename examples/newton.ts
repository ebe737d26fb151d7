/**
 * Newton's method: a gradient is a graph like any other, so its own gradient is one call away. Finds the minimum of
 * f(x) = x⁴ − 3x² + x to the right of 0, where plain descent would need a learning rate.
 */
import { add, compile, gradients, mul, pow, sub } from "argmin/graph";

const derivatives = compile(({ x }) => {
  const f = add(sub(pow(x, 4), mul(3, pow(x, 2))), x);
  const { x: slope } = gradients(f, { x });
  const { x: curvature } = gradients(slope, { x });
  return { f, slope, curvature };
});

let x = 2;
for (let i = 0; i < 6; i++) {
  const { f, slope, curvature } = await derivatives({ x });
  console.log(`x = ${x.toFixed(6)}   f = ${f.value.toFixed(6)}   f′ = ${slope.value.toExponential(1)}`);
  x -= slope.value / curvature.value;
}
