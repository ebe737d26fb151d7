/**
 * The same line through five points by two walks that both go exactly as far as their direction leads down. Steepest descent
 * takes the slope for its direction and zigzags; conjugate gradients take the slope less what would undo the direction
 * before, and are there after as many steps as there are unknowns: two. Hestenes and Stiefel 1952.
 */
import { compile, gradients, mean, mul, square, sub, sum } from "argmin/graph";

// Each row is (x, 1), so that row · (w, b) = wx + b.
const points = { rows: [0, 1, 2, 3, 4].map((x) => [x, 1]), y: [1.1, 1.4, 2.1, 2.4, 3.0] };

/** At p = (w, b): the loss, its slope, and how the slope changes along a direction: the Hessian times the direction. */
const bowl = compile(({ p, along, rows, y }) => {
  const loss = mul(0.5, mean(square(sub(sum(mul(rows, p), 1), y))));
  const { p: slope } = gradients(loss, { p });
  const { p: bend } = gradients(sum(mul(slope, along)), { p });
  return { loss, slope, bend };
});
const dot = (p: ArrayLike<number>, q: ArrayLike<number>) => Array.from(p).reduce((total, v, i) => total + v * q[i], 0);

async function walk(conjugate: boolean, steps: number) {
  let [p, along, before] = [[0, 0], [0, 0], Number.POSITIVE_INFINITY];
  const rows: string[] = [];
  for (let i = 0; i <= steps; i++) {
    const { loss, slope } = await bowl({ p, along, ...points });
    rows.push([...p, loss.value].map((value) => value.toFixed(5).padStart(9)).join(""));
    const kept = conjugate ? dot(slope.data, slope.data) / before : 0;
    along = along.map((value, j) => kept * value - slope.data[j]);
    before = dot(slope.data, slope.data);
    const { bend } = await bowl({ p, along, ...points });
    const far = before / dot(along, bend.data);
    p = p.map((value, j) => value + far * along[j]);
  }
  return rows;
}

const [steepest, conjugate] = [await walk(false, 8), await walk(true, 2)];
console.log("          steepest descent           conjugate gradients");
console.log("step        w        b     loss          w        b     loss");
for (const [step, row] of steepest.entries()) console.log(`${step}    ${row}  ${conjugate[step] ?? ""}`.trimEnd());
