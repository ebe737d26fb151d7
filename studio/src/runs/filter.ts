import type { RunSummary } from "../../../src/studio/index.ts";
import { columns, settingsOf } from "./columns.ts";

type Test = (run: RunSummary) => boolean;

/** Words that people type, and the columns that they mean. */
const short: Readonly<Record<string, string>> = {
  accuracy: "validationAccuracy",
  acc: "validationAccuracy",
  loss: "validationLoss",
  test: "testAccuracy",
  lr: "learningRate",
  time: "seconds",
};

const holds: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  ">": (a, b) => a > b,
  "<": (a, b) => a < b,
  ">=": (a, b) => a >= b,
  "<=": (a, b) => a <= b,
};

/** A column's value or a setting, whatever the case of the letters. */
function lookUp(run: RunSummary, wanted: string): string | number | null | undefined {
  const name = (short[wanted.toLowerCase()] ?? wanted).toLowerCase();
  const column = columns.find((one) => one.name.toLowerCase() === name);
  if (column) return column.value(run);
  for (const [key, value] of settingsOf(run)) if (key.toLowerCase() === name) return value;
  return undefined;
}

/** 90% is 0.9. */
const numberOf = (text: string): number => (text.endsWith("%") ? Number(text.slice(0, -1)) / 100 : Number(text));

function testOf(word: string): Test {
  const [, not, name, sign, wanted] = /^(-?)([\w.]+)(>=|<=|[<>=:])(.+)$/.exec(word) ?? [];
  if (name === undefined || sign === undefined || wanted === undefined) {
    const negative = word.length > 1 && word.startsWith("-");
    const part = (negative ? word.slice(1) : word).toLowerCase();
    return (run) => {
      const texts = [run.name, run.state, ...settingsOf(run).values()];
      return texts.some((text) => text.toLowerCase().includes(part)) !== negative;
    };
  }
  const compare = holds[sign];
  return (run) => {
    const value = lookUp(run, name);
    if (value === undefined || value === null) return not === "-";
    const isSo = compare
      ? compare(Number(value), numberOf(wanted))
      : String(value).toLowerCase() === wanted.toLowerCase() || (value !== "" && Number(value) === numberOf(wanted));
    return isSo !== (not === "-");
  };
}

/**
 * What is typed into the field: words that a run has somewhere in its name, state or settings, `model=cnn`, `accuracy>90%`,
 * `seed=3`; a minus before one turns it round. All of them have to hold.
 */
export function filterOf(text: string): Test {
  const tests = text.split(/\s+/).filter(Boolean).map(testOf);
  return (run) => tests.every((test) => test(run));
}
