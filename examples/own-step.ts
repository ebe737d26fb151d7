/**
 * Linear regression with a step of one's own: the loss and the update are written as a function of tensors, and run as one
 * graph. Fits y = 3x − 1 from noisy points.
 */
import { add, compile, gradients, mean, mul, square, sub } from "argmin/graph";

const x = Float32Array.from({ length: 64 }, (_, i) => i / 32 - 1);
const y = x.map((value, i) => 3 * value - 1 + 0.1 * Math.sin(37 * i));

const step = compile(({ w, b, x, y, rate }) => {
  const loss = mean(square(sub(add(mul(w, x), b), y)));
  const slope = gradients(loss, { w, b });
  return { loss, w: sub(w, mul(rate, slope.w)), b: sub(b, mul(rate, slope.b)) };
});

let [w, b, loss] = [0, 0, Number.NaN];
for (let i = 0; i < 200; i++) {
  const next = await step({ w, b, x, y, rate: 0.2 });
  [w, b, loss] = [next.w.value, next.b.value, next.loss.value];
}
console.log(`w = ${w.toFixed(3)}, b = ${b.toFixed(3)}, loss ${loss.toFixed(5)}`);
