/**
 * The smallest fit: the line y = ½x + b through five points, where b alone is sought. The loss is a parabola in b, so its
 * slope is a straight line and calculus finds the zero at once. Descent walks there, b ← b − η dL/db, and L″ = 1 says how:
 * every step multiplies the error b − b* by 1 − η.
 */
import { add, compile, gradients, mean, mul, square, sub } from "argmin/graph";

const points = { x: [0, 1, 2, 3, 4], y: [1.1, 1.4, 2.1, 2.4, 3.0] };

const parabola = compile(({ b, x, y }) => {
  const loss = mul(0.5, mean(square(sub(add(mul(0.5, x), b), y))));
  const { b: slope } = gradients(loss, { b });
  const { b: curvature } = gradients(slope, { b });
  return { loss, slope, curvature };
});

const { slope, curvature } = await parabola({ b: 0, ...points });
const best = -slope.value / curvature.value;
const { loss } = await parabola({ b: best, ...points });
console.log(
  `L″ = ${curvature.value.toFixed(3)}, so dL/db = 0 at b = ${best.toFixed(3)}, with L = ${loss.value.toFixed(4)}`,
);

const steps = 40;
console.log(`\n   η   1 − η  b after 0        1        2        3        4       ${steps} steps`);
for (const rate of [0.1, 1, 1.5, 2, 2.1]) {
  const path = [-1];
  for (let i = 0; i < steps; i++) {
    const { slope } = await parabola({ b: path[i], ...points });
    path.push(path[i] - rate * slope.value);
  }
  const shown = [...path.slice(0, 5), path[steps]].map((b) => b.toFixed(3).padStart(9));
  console.log(`${rate.toFixed(1).padStart(4)}${(1 - rate).toFixed(1).padStart(8)}${shown.join("")}`);
}
