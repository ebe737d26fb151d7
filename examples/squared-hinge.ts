/**
 * Squaring the hinge does more than scale it: one large violation then outweighs several small ones, and another classifier
 * is best. A threshold t has to part low numbers from high ones by the score x − t. One low number, 8, lies far on the wrong
 * side: the hinge lets it lie, and the squared hinge moves towards it until two high ones are given up.
 */
import { compile, mean, mul, relu, square, sub } from "argmin/graph";

const [low, high] = [
  [0, 1, 2, 8],
  [4, 4, 5],
];
const x = [...low, ...high];
const sign = [...low.map(() => -1), ...high.map(() => 1)];

/** Both losses for a column of thresholds at once: [thresholds, 1] against [numbers]. */
const losses = compile(({ x, sign, thresholds }) => {
  const violations = relu(sub(1, mul(sign, sub(x, thresholds))));
  return { hinge: mean(violations, 1), squared: mean(square(violations), 1) };
});
const thresholds = Array.from({ length: 33 }, (_, i) => i / 4);
const { hinge, squared } = await losses({ x, sign, thresholds: thresholds.map((t) => [t]) });
const argmin = (values: Float32Array) => values.indexOf(Math.min(...values));
const [first, second] = [argmin(hinge.data), argmin(squared.data)];

console.log("threshold    hinge  squared   numbers not on their own side");
for (const [i, t] of thresholds.entries()) {
  if (i % 4 > 0 && i !== first && i !== second) continue;
  const numbers = [hinge, squared].map(({ data }) => data[i].toFixed(3).padStart(9));
  const wrong = x.filter((value, j) => sign[j] * (value - t) <= 0).toSorted((p, q) => p - q);
  const best = i === first ? "  ← least hinge" : i === second ? "  ← least squared hinge" : "";
  console.log(`${t.toFixed(2).padStart(9)}${numbers.join("")}   ${wrong.join(", ")}${best}`);
}
