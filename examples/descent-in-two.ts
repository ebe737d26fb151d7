/**
 * A line through five points, w and b together. The loss is a bowl with two curvatures, the eigenvalues of its Hessian H:
 * descent arrives as long as the rate is below 2/λmax, and soonest at 2/(λmax + λmin). A bowl's slope is ∇L(0) + H (w, b),
 * so the normal equations H (w, b) = −∇L(0) say the same place without descent.
 */
import { add, compile, gradients, mean, mul, square, sub } from "argmin/graph";

const points = { x: [0, 1, 2, 3, 4], y: [1.1, 1.4, 2.1, 2.4, 3.0] };

const bowl = compile(({ w, b, x, y }) => {
  const loss = mul(0.5, mean(square(sub(add(mul(w, x), b), y))));
  const slope = gradients(loss, { w, b });
  const { w: ww, b: wb } = gradients(slope.w, { w, b });
  const { b: bb } = gradients(slope.b, { b });
  return { loss, w: slope.w, b: slope.b, ww, wb, bb };
});
async function look(w: number, b: number) {
  const found = Object.entries(await bowl({ w, b, ...points }));
  return Object.fromEntries(found.map(([name, { value }]) => [name, value]));
}

const start = await look(0, 0);
const { ww, wb, bb } = start;
const [trace, determinant] = [ww + bb, ww * bb - wb * wb];
const spread = Math.sqrt(trace ** 2 - 4 * determinant);
const [largest, smallest] = [(trace + spread) / 2, (trace - spread) / 2];
// λmax λmin = det H, which happens to be 2 for these points: so 2/λmax and λmin are the same number here.
const [limit, best] = [2 / largest, 2 / (largest + smallest)];
console.log(
  `λmax = ${largest.toFixed(4)}, λmin = ${smallest.toFixed(4)}: condition ${(largest / smallest).toFixed(2)}`,
);
console.log(`The rate has to stay below ${limit.toFixed(4)}; the best is ${best.toFixed(4)}.\n`);

async function show(method: string, steps: string, w: number, b: number) {
  const { loss } = await look(w, b);
  const numbers = [w, b, loss].map((value) => (loss < 1e3 ? value.toFixed(4) : value.toExponential(1)).padStart(10));
  console.log(`${method.padEnd(24)}${steps.padStart(6)}${numbers.join("")}`);
}
console.log("method                   steps         w         b      loss");
const [w, b] = [(wb * start.b - bb * start.w) / determinant, (wb * start.w - ww * start.b) / determinant];
await show("normal equations", "", w, b);
for (const rate of [limit / 2, best, 0.99 * limit, 1.01 * limit]) {
  let [w, b, steps] = [0, 0, 0];
  for (; steps < 600; steps++) {
    const slope = await look(w, b);
    if (Math.hypot(slope.w, slope.b) < 1e-4) break;
    [w, b] = [w - rate * slope.w, b - rate * slope.b];
  }
  await show(`descent, rate ${rate.toFixed(4)}`, `${steps}`, w, b);
}
