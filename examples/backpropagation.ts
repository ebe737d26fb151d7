/**
 * Backpropagation, box by box: forward, each box takes its value; backward, each takes ∂L/∂box, which is the slope that
 * arrives from behind times its own. Then a step downhill, and what the rate makes of it: one step multiplies the residual
 * e = y − 0.8 by 1 − (x² + 1)η = 1 − 3.25η.
 */
import { add, compile, gradients, mul, square, sub, type Tensor } from "argmin/graph";

const pass = compile(({ w, b, x }) => {
  const product = mul(w, x);
  const y = add(product, b);
  const e = sub(y, 0.8);
  const loss = mul(0.5, square(e));
  const boxes: Record<string, Tensor> = { w, x, b, wx: product, "y = wx + b": y, "e = y − 0.8": e, "L = ½e²": loss };
  const slopes = Object.entries(gradients(loss, boxes)).map(([box, slope]) => [`∂L/∂ ${box}`, slope]);
  return { ...boxes, ...Object.fromEntries(slopes) };
});

const x = 1.5;
const found = await pass({ w: 0.8, b: 0.2, x });
console.log("box            value   ∂L/∂box");
for (const box of Object.keys(found).filter((name) => !name.startsWith("∂"))) {
  const [value, slope] = [found[box], found[`∂L/∂ ${box}`]].map((result) => result.value.toFixed(2));
  console.log(`${box.padEnd(12)}${value.padStart(8)}${slope.padStart(10)}`);
}

console.log("\n  rate  1 − 3.25η   w         b     L after 1         2         3 steps");
for (const rate of [0.1, 1 / 3.25, 2 / 3.25, 0.7]) {
  let [w, b] = [0.8, 0.2];
  const path: number[][] = [];
  for (let i = 0; i <= 3; i++) {
    const here = await pass({ w, b, x });
    path.push([w, b, here["L = ½e²"].value]);
    w -= rate * here["∂L/∂ w"].value;
    b -= rate * here["∂L/∂ b"].value;
  }
  const numbers = [1 - 3.25 * rate, ...path[1], path[2][2], path[3][2]];
  console.log(`${rate.toFixed(4)}${numbers.map((value) => value.toFixed(4).padStart(10)).join("")}`);
}
