/**
 * AdaGrad, one sum of squares at a time: r ← r + g², w ← w − η g/√r. At first r = g², so the first step is η · sign(g), for a
 * steep parameter and a flat one alike. From then on r only grows, so the effective rate η/√r only shrinks.
 * Duchi, Hazan, Singer 2011.
 */
import { add, compile, div, gradients, mul, sqrt, square, sub } from "argmin/graph";

/** One step on L = ½ (wx + b − 0.8)² at x = 1.5. */
const step = compile(({ w, b, rw, rb, rate }) => {
  const loss = mul(0.5, square(sub(add(mul(w, 1.5), b), 0.8)));
  const slope = gradients(loss, { w, b });
  const [nextRw, nextRb] = [add(rw, square(slope.w)), add(rb, square(slope.b))];
  const [rateW, rateB] = [div(rate, sqrt(nextRw)), div(rate, sqrt(nextRb))];
  return {
    rw: nextRw,
    rb: nextRb,
    rateW,
    rateB,
    w: sub(w, mul(rateW, slope.w)),
    b: sub(b, mul(rateB, slope.b)),
  };
});

console.log("          sum of squares    effective rate         parameter");
console.log("step       r_w     r_b         w       b         w       b");
console.log("0        0.000   0.000                       0.800   0.200");
let state = { w: 0.8, b: 0.2, rw: 0, rb: 0 };
for (let i = 1; i <= 8; i++) {
  const { w, b, rw, rb, rateW, rateB } = await step({ ...state, rate: 0.1 });
  state = { w: w.value, b: b.value, rw: rw.value, rb: rb.value };
  const columns = [
    [rw, rb],
    [rateW, rateB],
    [w, b],
  ];
  const numbers = columns.map((pair) => pair.map(({ value }) => value.toFixed(3).padStart(8)).join(""));
  console.log(`${i}     ${numbers.join("  ")}`);
}
