import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { UsageError } from "../core/index.ts";

export interface RunFlags {
  readonly name?: string;
  readonly runs: string;
}

/** @throws UsageError for a name that no folder can have */
export function refuseName(name: string | undefined): void {
  if (name === undefined) return;
  if (/[/\\]/.test(name) || name === "." || name === "..") {
    throw new UsageError("--name", `"${name}" is a path`, "give a name, and the folder that it is made in with --runs");
  }
  if (name.trim() === "") throw new UsageError("--name", "it is empty", "write for example --name first");
}

/** The name, or the name with -2, -3, … behind it: the first that is free. */
export function freeName(runs: string, stem: string): string {
  for (let count = 1; ; count++) {
    const name = count === 1 ? stem : `${stem}-${count}`;
    if (!existsSync(join(runs, name))) return name;
  }
}

/** `fashion-mnist-linear`: made of the data's name and the model's, or what is done with it. */
export function stemOf(data: string, model: string): string {
  const stem = data.startsWith("builtin:") ? data.slice("builtin:".length) : basename(resolve(data)) || "data";
  return `${stem}-${model}`.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-");
}
