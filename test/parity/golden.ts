/** The numbers that PyTorch computed once, and whether they are here. */
import { existsSync, readFileSync } from "node:fs";
import { test } from "vitest";

export interface Stored {
  readonly shape: number[];
  readonly data: number[];
}
export interface Row {
  readonly name: string;
  readonly attrs: Record<string, never>;
  readonly inputs: Record<string, Stored>;
  readonly ints: Record<string, Stored>;
  readonly out: Stored;
  readonly out_grad: Stored;
  readonly grads: Record<string, Stored>;
}
export interface Trajectory {
  readonly name: string;
  readonly cfg: Record<string, number>;
  readonly x0: number[];
  readonly grads: number[][];
  readonly xs: number[][];
}
export interface Golden {
  readonly torch: string;
  readonly ops: Row[];
  readonly losses: Row[];
  readonly optim: Trajectory[];
  readonly lr_schedules: Record<string, number[]>;
}

const file = new URL("../../../shared/oracles/torch_golden.json", import.meta.url);
export const found = existsSync(file);
export const golden: Golden = found
  ? JSON.parse(readFileSync(file, "utf8"))
  : { torch: "?", ops: [], losses: [], optim: [], lr_schedules: {} };
/** Says so, in every suite that needs them, where they are missing. */
export function sayWhenMissing(): void {
  if (!found) test.skip(`PyTorch's numbers are not here: there is no ${file.pathname}`, () => {});
}
