import type { StudyStart } from "../../../src/studio/index.ts";

/** Everything as it stands in the fields; a field of a number may hold one. */
export interface StartForm {
  data: string;
  name: string;
  model: string;
  optimizer: string;
  sampler: string;
  pruner: string;
  objective: string;
  second: string;
  limits: string;
  trials: string | number | null;
  time: string;
  epochs: string | number | null;
  workers: string | number | null;
}

/** A name that says what is searched on, and that no study has yet. */
export function freeStudyName(data: string, taken: readonly string[]): string {
  const last =
    data
      .replace(/[\\/]+$/, "")
      .split(/[\\/:]/)
      .at(-1) ?? "";
  const stem =
    last
      .replace(/\.\w+$/, "")
      .replaceAll(/[^\p{L}\p{N}_.-]+/gu, "-")
      .replace(/^[-.]+/, "") || "study";
  const first = `${stem}-tune`;
  if (!taken.includes(first)) return first;
  for (let number = 2; ; number++) if (!taken.includes(`${first}-${number}`)) return `${first}-${number}`;
}

/** What the server is asked for: what was left empty is left to the command. */
export function startOf(form: StartForm, usualName: string): StudyStart {
  const text = (value: string) => (value.trim() === "" ? undefined : value.trim());
  const number = (value: string | number | null) =>
    value === null || String(value).trim() === "" ? undefined : Number(value);
  const limits = form.limits.split(",").flatMap((limit) => text(limit) ?? []);
  return {
    data: form.data.trim(),
    name: text(form.name) ?? usualName,
    model: text(form.model),
    optimizer: text(form.optimizer),
    sampler: text(form.sampler),
    pruner: text(form.pruner),
    objective:
      form.second === "" || form.second === form.objective ? form.objective : `${form.objective},${form.second}`,
    constraints: limits.length === 0 ? undefined : limits,
    trials: number(form.trials),
    time: text(form.time),
    epochs: number(form.epochs),
    workers: number(form.workers),
  };
}
