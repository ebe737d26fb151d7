/**
 * W against 2W. The scores are linear in W, so they double as well. The SVM loss of a picture that is right by the margin
 * stays 0, so the data cannot choose between W and 2W; cross-entropy always can. The penalty R(W) makes the choice.
 */
import { abs, add, compile, logSoftmax, mul, neg, oneHot, relu, square, sub, sum } from "argmin/graph";

const losses = compile(({ scores, labels }) => {
  const truth = oneHot(labels, 3);
  const own = (values: typeof scores) => sum(mul(values, truth), 1, true);
  const margins = relu(add(sub(scores, own(scores)), sub(1, truth)));
  return { hinge: sum(margins, 1), crossEntropy: neg(own(logSoftmax(scores))) };
});
const pictures = [
  [3.2, 5.1, -1.7],
  [1.3, 4.9, 2.0],
  [2.2, 2.5, -3.1],
];
const labels = Int32Array.of(0, 1, 2);
const once = await losses({ scores: pictures, labels });
const twice = await losses({ scores: pictures.map((row) => row.map((score) => 2 * score)), labels });

console.log("               SVM loss          cross-entropy");
console.log("picture       W      2W          W        2W");
for (const [i, name] of ["cat", "car", "frog"].entries()) {
  const hinge = [once, twice].map((found) => found.hinge.data[i].toFixed(2).padStart(8));
  const entropy = [once, twice].map((found) => found.crossEntropy.data[i].toFixed(4).padStart(10));
  console.log(`${name.padEnd(7)}${hinge.join("")}  ${entropy.join("")}`);
}

/** The score w · x of a picture, and two penalties on w. */
const penalties = compile(({ w, x }) => ({ score: sum(mul(w, x)), l2: sum(square(w)), l1: sum(abs(w)) }));
console.log("\nw                          score      L2      L1");
for (const w of [
  [1, 0, 0, 0],
  [0.25, 0.25, 0.25, 0.25],
  [2, 0, 0, 0],
]) {
  const { score, l2, l1 } = await penalties({ w, x: [1, 1, 1, 1] });
  const numbers = [score, l2, l1].map(({ value }) => value.toFixed(2).padStart(8));
  console.log(`${`(${w.join(", ")})`.padEnd(24)}${numbers.join("")}`);
}
