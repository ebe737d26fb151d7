/** Lesson 1: a line of fixed slope through five points; b alone decides how large the squares are. */

import { number } from "../fields.ts";
import { tex, texSigned } from "../format.ts";
import { defineLesson } from "../lesson.ts";
import { lineFit, xs, ys } from "./line.ts";

export { lineFit, xs, ys };

export const lesson = defineLesson({
  question: {
    text: {
      en: "The slope is fixed at ½. The points lie a little above and below a line that starts at b. Where is the sum of the squared errors smallest?",
      zh: "斜率固定为 ½。五个点散布在一条起点为 b 的直线上下。b 取何值时，误差平方和最小？",
    },
    choices: [
      { en: "b = 0.9", zh: "b = 0.9" },
      { en: "b = 1.0", zh: "b = 1.0" },
      { en: "b = 1.1, through the first point", zh: "b = 1.1，正好过第一个点" },
    ],
    answer: 1,
    because: {
      en: "With the slope fixed, the best b is the mean of y − ½x. Those five numbers are 1.1, 0.9, 1.1, 0.9 and 1: their mean is 1.",
      zh: "斜率固定时，最好的 b 是 y − ½x 的平均值。这五个数是 1.1、0.9、1.1、0.9、1，平均为 1。",
    },
  },
  task: {
    en: "Drag the line up and down, or move b. Each square has the error as its side: watch their total area.",
    zh: "上下拖动直线，或移动 b。每个正方形的边长就是误差：看它们的总面积。",
  },
  truth: {
    en: "A loss turns “how well does the line fit?” into one number, and the best line is where that number is smallest.",
    zh: "损失把“直线拟合得多好”变成一个数，最好的直线就是让这个数最小的那条。",
  },
  fields: { b: number(0, -1, 3, 0.01) },
  formulas: ({ b }) => {
    const { squares, loss } = lineFit(b);
    return [
      "L(b)=\\frac{1}{2}\\cdot\\frac{1}{5}\\sum_{i=1}^{5}\\left(\\tfrac12 x_i+b-y_i\\right)^2",
      `L(${tex(b)})=\\tfrac{1}{10}\\left(${squares.map((square) => tex(square, 3)).join("+")}\\right)=${tex(loss)}`,
      `y=\\tfrac12x${texSigned(b)}`,
    ];
  },
  program: ({ b }) => `import { add, interpret, mean, mul, square, sub } from "argmin/graph";

const fit = interpret(({ b, x, y }) => {
  const residual = sub(add(mul(0.5, x), b), y); // ½x + b − y
  return { residual, squares: square(residual), loss: mul(0.5, mean(square(residual))) };
});

const { residual, squares, loss } = fit({ b: ${b}, x: [${xs.join(", ")}], y: [${ys.join(", ")}] });
console.log(...residual.data);
console.log(...squares.data);
console.log(loss.value);
`,
});
