import { choose, UsageError } from "../core/index.ts";
import { type AnyOp, BOUND, checkUnit, type Row, type UnitRow } from "../gradcheck/index.ts";
import { type Loss, losses } from "../losses/index.ts";
import { type Model, models } from "../models/index.ts";
import { ops } from "../ops/index.ts";
import { checkNetwork } from "./gradcheck-network.ts";
import { curveLines, detailLines, remarkLines, summary, Table } from "./gradcheck-table.ts";
import type { Output } from "./output.ts";
import { parseNumber } from "./train-options.ts";

/** The flags of `gradcheck`, as they come from the command line. */
export interface GradcheckFlags {
  readonly unit?: string;
  readonly model?: string;
  readonly loss?: string;
  readonly all?: boolean;
  readonly seed?: string;
}

/** What there is to check; a test hands in units with a mistake. */
export interface Catalogues {
  readonly ops: Readonly<Record<string, AnyOp>>;
  readonly models: Readonly<Record<string, Model>>;
  readonly losses: Readonly<Record<string, Loss>>;
}

/** Something that is checked as one: a unit, or a model with a loss. */
interface Subject {
  /** What names it in the table, one word for each column. */
  readonly names: readonly string[];
  /** What names it in a line for programs. */
  readonly fields: Readonly<Record<string, string>>;
  check(): readonly (Row | UnitRow)[];
}

/** Compares backward rules with differences and tells the result; the exit code: 1 when any of them is wrong. */
export async function gradcheckCommand(
  output: Output,
  flags: GradcheckFlags,
  catalogues: Catalogues = { ops, models, losses },
): Promise<number> {
  const { units, networks } = subjectsOf(flags, catalogues);
  const detailed = units.length + networks.length === 1;
  const counts = { units: units.length, networks: networks.length, rows: 0, ok: 0, kink: 0, wrong: 0 };
  const failed: string[] = [];
  const silent: string[] = [];
  output.say("Backward rules against central differences, in float64");
  for (const [subjects, header] of [
    [units, ["unit"]],
    [networks, ["model", "loss"]],
  ] as const) {
    if (subjects.length === 0) continue;
    const table = new Table([header, ...subjects.map(({ names }) => names)]);
    output.say();
    if (!detailed) output.say(table.header());
    for (const { names, fields, check } of subjects) {
      if (output.abandoned) return 0;
      const rows = check();
      for (const row of rows) {
        counts.rows++;
        counts[row.verdict]++;
        const { jump: _, ...told } = row;
        output.event({ event: "row", ...fields, ...told });
      }
      if (rows.length === 0) {
        silent.push(names.join(" "));
        output.event({ event: "skipped", ...fields, reason: "nothing flows back" });
        continue;
      }
      if (rows.some(({ verdict }) => verdict === "wrong")) failed.push(names.join(" with "));
      const lines = detailed ? detailLines(names.join(" with "), rows) : [table.line(names, rows)];
      for (const line of [...lines, ...remarkLines(rows)]) output.say(line);
      if (detailed) for (const line of curveLines(rows)) output.say(line);
    }
  }
  output.say();
  for (const line of summary(counts, failed, silent)) output.say(line);
  output.event({ event: "done", ...counts, bound: BOUND });
  return counts.wrong > 0 ? 1 : 0;
}

/** What the flags ask for: without any of them every unit. */
function subjectsOf(flags: GradcheckFlags, catalogues: Catalogues) {
  const { unit, model, loss, all = false } = flags;
  const network = model !== undefined || loss !== undefined;
  if (all && (unit !== undefined || network)) {
    throw new UsageError("--all", "stands beside a choice of what to check", "leave one of them out");
  }
  const seed = parseNumber("--seed", flags.seed ?? "1", "2");
  if (!Number.isInteger(seed) || seed < 1) {
    throw new UsageError("--seed", `"${flags.seed}" is no seed`, "give a whole number, 1 or more");
  }
  const chosen = <T>(flag: string, catalogue: Readonly<Record<string, T>>, name: string | undefined) =>
    name === undefined ? Object.entries(catalogue) : [[name, choose(flag, catalogue, name)] as [string, T]];
  const units = chosen("--unit", catalogues.ops, unit).map(
    ([name, op]): Subject => ({ names: [name], fields: { unit: name }, check: () => checkUnit(op, seed - 1) }),
  );
  const networks = chosen("--model", catalogues.models, model).flatMap(([modelName, modelUnit]) =>
    chosen("--loss", catalogues.losses, loss).map(
      ([lossName, lossUnit]): Subject => ({
        names: [modelName, lossName],
        fields: { model: modelName, loss: lossName },
        check: () => checkNetwork(modelUnit, lossUnit, seed),
      }),
    ),
  );
  return {
    units: all || unit !== undefined || !network ? units : [],
    networks: all || network ? networks : [],
  };
}
