export { type Descended, type DescentOptions, descend } from "./descend.ts";
export { type Interpreted, interpret } from "./interpret.ts";
export { flattened, type Lists, type Numbers, type TypedNumbers } from "./numbers.ts";
export { type Solved, type SolveOptions, solve } from "./solve.ts";
