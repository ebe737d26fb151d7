export { type Feeds, normals } from "./arrays.ts";
export { checkGraph, type GraphCheck, type Row, type Verdict } from "./check-graph.ts";
export { checkSample, checkUnit, type UnitRow } from "./check-unit.ts";
export { BOUND, type Comparison, compare, type Jump, type Reading, STEPS } from "./differences.ts";
export { describeKink, type Kink } from "./kinks.ts";
export { type AnyOp, type AnySample, type Case, flows, isFloat, traceSample } from "./sample.ts";
