/**
 * Functions on which searches are compared, each with its box and its least value. The seven that are ranked over, and
 * Ackley's with its minimum away from the middle of the box, where some searches begin.
 *
 * Branin 1972; Hartman 1973; Rosenbrock 1960; Ackley 1987; Levy and Montalvo 1985; Styblinski and Tang 1990.
 */
const ALPHA = [1, 1.2, 3, 3.2];
const HARTMANN3 = {
  a: [
    [3, 10, 30],
    [0.1, 10, 35],
    [3, 10, 30],
    [0.1, 10, 35],
  ],
  p: [
    [3689, 1170, 2673],
    [4699, 4387, 7470],
    [1091, 8732, 5547],
    [381, 5743, 8828],
  ],
};
const HARTMANN6 = {
  a: [
    [10, 3, 17, 3.5, 1.7, 8],
    [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
  ],
  p: [
    [1312, 1696, 5569, 124, 8283, 5886],
    [2329, 4135, 8307, 3736, 1004, 9991],
    [2348, 1451, 3522, 2883, 3047, 6650],
    [4047, 8828, 8732, 5743, 1091, 381],
  ],
};

const sum = (values, term) => values.reduce((total, value, i) => total + term(value, i), 0);

function branin([a, b]) {
  const valley = b - (5.1 / (4 * Math.PI ** 2)) * a * a + (5 / Math.PI) * a - 6;
  return valley ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(a) + 10;
}

const hartmann =
  ({ a, p }) =>
  (x) =>
    -sum(ALPHA, (alpha, i) => alpha * Math.exp(-sum(x, (v, j) => a[i][j] * (v - 1e-4 * p[i][j]) ** 2)));

const rosenbrock = (x) => sum(x.slice(1), (next, i) => 100 * (next - x[i] ** 2) ** 2 + (1 - x[i]) ** 2);

function ackley(x) {
  const [square, wave] = [sum(x, (v) => v * v) / x.length, sum(x, (v) => Math.cos(2 * Math.PI * v)) / x.length];
  return -20 * Math.exp(-0.2 * Math.sqrt(square)) - Math.exp(wave) + 20 + Math.E;
}

function levy(x) {
  const w = x.map((v) => 1 + (v - 1) / 4);
  const last = w[w.length - 1];
  return (
    Math.sin(Math.PI * w[0]) ** 2 +
    sum(w.slice(0, -1), (v) => (v - 1) ** 2 * (1 + 10 * Math.sin(Math.PI * v + 1) ** 2)) +
    (last - 1) ** 2 * (1 + Math.sin(2 * Math.PI * last) ** 2)
  );
}

const styblinskiTang = (x) => 0.5 * sum(x, (v) => v ** 4 - 16 * v ** 2 + 5 * v);

const cube = (axes, low, high) => Array.from({ length: axes }, () => [low, high]);

/** By name: `of` a point, `box` with the two ends of each axis, and the least value in it. */
export const functions = {
  branin: {
    of: branin,
    box: [
      [-5, 10],
      [0, 15],
    ],
    least: 0.39788735772973816,
  },
  hartmann3: { of: hartmann(HARTMANN3), box: cube(3, 0, 1), least: -3.862782147820755 },
  hartmann6: { of: hartmann(HARTMANN6), box: cube(6, 0, 1), least: -3.322368011415515 },
  rosenbrock4: { of: rosenbrock, box: cube(4, -5, 10), least: 0 },
  ackley5: { of: ackley, box: cube(5, -32.768, 32.768), least: 0 },
  levy4: { of: levy, box: cube(4, -10, 10), least: 0 },
  styblinski4: { of: styblinskiTang, box: cube(4, -5, 5), least: -39.16616570377142 * 4 },
  ackley5shift: { of: ackley, box: cube(5, -20, 45.536), least: 0 },
};

/** The names of the seven that samplers are ranked over. */
export const ranked = Object.keys(functions).slice(0, 7);

/** The parameters of a function's space, x0, x1, …, and its value at a configuration. */
export const problemOf = (name) => {
  const { of, box, least } = functions[name];
  const parameters = Object.fromEntries(box.map(([low, high], i) => [`x${i}`, { kind: "float", low, high }]));
  return { parameters, valueOf: (configuration) => of(box.map((_, i) => configuration[`x${i}`])), least };
};
