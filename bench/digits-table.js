/**
 * A search whose every answer is known: one hidden layer on the 8×8 digits of scikit-learn, trained once for each of 4,368
 * combinations of six hyperparameters, with the validation loss after each of 27 epochs.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { shared } from "./support.js";

/** Learning rate, penalty and width are ordered: their place in the list is an integer. The others are choices. */
const ORDERED = ["lr", "l2", "hidden"];

/**
 * @returns parameters of the space; `curveOf` a configuration, the loss at each epoch; `valueOf` it, the last one; the least
 *   of those
 */
export function digitsTable() {
  const file = join(shared, "oracles", "digits_mlp_table.json.gz");
  const { space, epochs, rows } = JSON.parse(gunzipSync(readFileSync(file)).toString());
  const names = Object.keys(space);
  const parameters = Object.fromEntries(
    names.map((name) => [
      name,
      ORDERED.includes(name)
        ? { kind: "int", low: 0, high: space[name].length - 1 }
        : { kind: "choice", choices: space[name] },
    ]),
  );
  const curves = new Map(rows.map(({ c, l }) => [c.join(), l]));
  const curveOf = (configuration) =>
    curves.get(
      names
        .map((name) => (ORDERED.includes(name) ? configuration[name] : space[name].indexOf(configuration[name])))
        .join(),
    );
  return {
    ...{ parameters, epochs, curveOf },
    valueOf: (configuration) => curveOf(configuration)[epochs - 1],
    least: Math.min(...rows.map(({ l }) => l[epochs - 1])),
  };
}
