/**
 * The samplers beside each other: how far the best of a search is from the least value there is, on functions and on a table of real
 * trainings, and beside Optuna's samplers where /usr/bin/python3 has it (`apt-get install python3-optuna`).
 *
 *   npm run bench:tune
 *   npm run bench:tune -- gp tpe --seeds 5 --evaluations 200 --functions branin,digits
 *   npm run bench:tune -- --no-optuna  ranks among what Optuna reached elsewhere
 *   npm run bench:tune -- --races      samplers with pruners, for as many epochs each, on the table's curves
 *
 * The table on stderr, one JSON line a result on stdout. All samplers and functions take about ten minutes on two cores.
 */
import { parseArgs } from "node:util";
import { pruners, samplers } from "../dist/tune/index.js";
import { functions, ranked } from "./functions.js";
import {
  DIGITS,
  meanRanks,
  OPTUNA,
  OPTUNA_MEDIANS,
  optuna,
  optunaHere,
  quartiles,
  races,
  searches,
  thinking,
} from "./searches.js";
import { hasShared } from "./support.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: "string", default: "10" },
    evaluations: { type: "string", default: "60" },
    functions: { type: "string", default: [...Object.keys(functions), ...(hasShared ? [DIGITS] : [])].join() },
    races: { type: "boolean", default: false },
    "no-optuna": { type: "boolean", default: false },
  },
});
const names = positionals.length > 0 ? positionals : Object.keys(samplers);
const refuse = (text) => {
  process.stderr.write(`${text}\n`);
  process.exit(2);
};
const wrong = names.find((name) => !(name in samplers));
if (wrong !== undefined) refuse(`there is no sampler ${wrong}; there are ${Object.keys(samplers).join(", ")}`);
const problems = values.functions.split(",");
const strange = problems.find((name) => !(name in functions) && name !== DIGITS);
if (strange !== undefined) {
  refuse(`there is no function ${strange}; there are ${Object.keys(functions).join(", ")} and ${DIGITS}`);
}
if (problems.includes(DIGITS) && !hasShared) refuse(`${DIGITS} needs the folder ../shared, which is not here`);
const [seeds, evaluations] = [Number(values.seeds), Number(values.evaluations)];

const told = (result) => console.log(JSON.stringify(result));
const line = (...cells) => process.stderr.write(`${cells.join("").trimEnd()}\n`);
/** Three digits that matter, in eight characters. */
const short = (value) => {
  if (value === undefined) return "–";
  if (value === 0) return "0";
  const text = Number(value.toPrecision(2));
  return Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5 ? text.toExponential(1).replace("+", "") : String(text);
};
const cell = (value, width = 8) => (typeof value === "string" ? value : short(value)).padStart(width);
const title = (text) => text.padEnd(15);

function regrets() {
  const checkpoints = evaluations > 60 ? [60, evaluations] : [evaluations];
  const peers = values["no-optuna"] ? [] : optunaHere();
  const medians = {};
  const heads = checkpoints.flatMap((at) => [cell(`@${at}`), cell("q25"), cell("q75")]);
  line(title(""), ...heads, cell("ms/ask", 8), cell("twice", 7));
  const row = (name, on, found, msPerAsk, twice) => {
    medians[name] = { ...medians[name], [on]: found[0].median };
    line(
      ...[title(`  ${name}`), ...found.flatMap(({ median, q25, q75 }) => [cell(median), cell(q25), cell(q75)])],
      ...[cell(msPerAsk, 8), twice === undefined ? "" : cell(`${short(twice)} %`, 7)],
    );
    const figures = found.map(({ median, q25, q75 }, i) => [`at${checkpoints[i]}`, { median, q25, q75 }]);
    told({ sampler: name, function: on, seeds, ...Object.fromEntries(figures), msPerAsk, twicePerHundred: twice });
  };
  for (const on of problems) {
    line(on);
    for (const name of names) {
      const { regrets: found, msPerAsk, twicePerHundred } = searches(name, on, { seeds, evaluations, checkpoints });
      row(name, on, found.map(quartiles), msPerAsk, twicePerHundred);
    }
    for (const name of on === DIGITS ? [] : peers) {
      const found = checkpoints.map((at) => optuna(name, { seeds, evaluations: at, names: [on] })[0]);
      row(`Optuna ${name}`, on, found, found.at(-1).ms_per_ask);
    }
  }
  const elsewhere = checkpoints[0] === 60 ? OPTUNA.filter((name) => !peers.includes(name)) : [];
  for (const name of elsewhere) medians[`Optuna ${name}*`] = OPTUNA_MEDIANS[name];
  const over = problems.filter((name) => ranked.includes(name));
  if (over.length === 0) return;
  line(`mean rank of the medians @${checkpoints[0]} over ${over.length} of the functions`);
  const ranks = Object.entries(meanRanks(medians, over)).sort(([, a], [, b]) => a - b);
  for (const [name, rank] of ranks) line(title(`  ${name}`), cell(rank.toFixed(2)));
  if (elsewhere.length > 0) line("* measured elsewhere with Optuna 3.1.0, 15 to 30 seeds");
  told({ meanRanks: Object.fromEntries(ranks), over, evaluations: checkpoints[0] });
  line("milliseconds of CPU time an ask after 200 and 1,000 trials, hartmann6");
  for (const name of names) {
    const [few, many] = [200, 1000].map((earlier) => thinking(name, earlier).median);
    line(title(`  ${name}`), cell(few), cell(many));
    told({ sampler: name, msPerAsk: { 200: few, 1000: many } });
  }
}

function raced() {
  const epochs = 30 * 27;
  line(`regret after ${epochs} epochs, 30 full trainings, of digits; ${seeds} seeds`);
  line(title(""), cell("pruner"), cell("median"), cell("q25"), cell("q75"), cell("trials"));
  for (const name of names) {
    for (const pruner of Object.keys(pruners)) {
      const found = races(name, pruner, { seeds, epochs });
      const { median, q25, q75, trials } = found;
      line(title(`  ${name}`), cell(pruner), cell(median), cell(q25), cell(q75), cell(trials));
      told({ sampler: name, pruner, epochs, seeds, ...found });
    }
  }
}

if (values.races) raced();
else regrets();
