/**
 * The multiclass SVM loss of three pictures, Lᵢ = Σ_{j≠y} max(0, s_j − s_y + 1), and five questions about it. Answer each
 * before you look.
 */
import { add, compile, div, gradients, mean, mul, oneHot, relu, square, sub, sum, type Tensor } from "argmin/graph";

/** A loss from the terms of all classes, and from what is 1 for the rivals j ≠ y and 0 for the true class. */
const classifier = (cost: (terms: Tensor, rivals: Tensor) => Tensor) =>
  compile(({ scores, labels }) => {
    const truth = oneHot(labels, scores.shape[1]);
    const own = sum(mul(scores, truth), 1, true);
    const each = cost(relu(add(sub(scores, own), 1)), sub(1, truth));
    return { each, loss: mean(each), slope: gradients(mean(each), { scores }).scores };
  });
const svm = classifier((terms, rivals) => sum(mul(terms, rivals), 1));
/** The SVM loss of several rows of scores whose true class is the same one. */
const costs = (scores: number[][], label: number) => svm({ scores, labels: new Int32Array(scores.length).fill(label) });
const variants = {
  "sum over j ≠ y": svm,
  "sum over all j": classifier((terms) => sum(terms, 1)),
  "mean over j ≠ y": classifier((terms, rivals) => div(sum(mul(terms, rivals), 1), sum(rivals, 1))),
  "sum of squares": classifier((terms, rivals) => sum(mul(square(terms), rivals), 1)),
};
const line = (...values: number[]) => values.map((value) => value.toFixed(2).padStart(9)).join("");

const scores = [
  [3.2, 5.1, -1.7],
  [1.3, 4.9, 2.0],
  [2.2, 2.5, -3.1],
];
const pictures = { scores, labels: Int32Array.of(0, 1, 2) };
const [plain, squared] = [await svm(pictures), await variants["sum of squares"](pictures)];
console.log("picture      cat      car     frog     loss  squared");
for (const [i, name] of ["cat", "car", "frog"].entries())
  console.log(`${name.padEnd(7)}${line(...scores[i], plain.each.data[i], squared.each.data[i])}`);

console.log("\n1. How far may the car's own score fall before its picture costs something?");
const falls = [0, 1, 1.9, 2, 3];
const cars = falls.map((fall) => [1.3, 4.9 - fall, 2]);
console.log(`  by     ${line(...falls)}\n  loss   ${line(...(await costs(cars, 1)).each.data)}`);

console.log("2. What are the least and the greatest loss? For the cat, by its own score:");
const own = [1000, 10, 0, -10, -1000];
const cats = own.map((score) => [score, 5.1, -1.7]);
console.log(`  score  ${line(...own)}\n  loss   ${line(...(await costs(cats, 0)).each.data)}`);

console.log("3. What is the loss before training, while W and all scores are about 0?");
const [three, ten] = [await costs([Array(3).fill(0)], 0), await costs([Array(10).fill(0)], 0)];
console.log(`  3 classes: ${three.loss.value}, 10 classes: ${ten.loss.value}`);

console.log("4., 5. What if the sum takes in the true class, or is a mean? And if it squares?");
console.log("                      loss   slope along the frog picture's scores");
for (const [name, variant] of Object.entries(variants)) {
  const { loss, slope } = await variant(pictures);
  console.log(`  ${name.padEnd(15)}${line(loss.value, ...slope.data.slice(6))}`);
}
