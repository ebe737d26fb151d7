/**
 * What storing numbers in float16 would do to a step: the loss and the length of the gradient of ten steps, from the states of the
 * float32 run with every weight, every statistic and all of the optimizer's memory rounded to float16.
 *
 *   node bench/half.js [cnn] [resnet20] …      one JSON line for each model
 */
import * as argmin from "argmin/web";
import { openRuntime } from "../dist/runtime/node/index.js";
import { follow, planOf } from "./device-steps.js";
import { apart, jobOf } from "./devices.js";

/** The nearest float16: 11 bits, of which small numbers have fewer. */
export function toHalf(value) {
  if (value === 0 || !Number.isFinite(value)) return value;
  const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(value))));
  const step = 2 ** (exponent - 10);
  const down = Math.floor(value / step);
  const rest = value / step - down;
  const up = rest > 0.5 || (rest === 0.5 && down % 2 !== 0);
  return (down + (up ? 1 : 0)) * step;
}

const rounded = (state) =>
  Object.fromEntries(Object.entries(state).map(([name, values]) => [name, values.map(toHalf)]));

const names = process.argv.slice(2);
const runtime = await openRuntime("cpu");
for (const model of names.length > 0 ? names : ["cnn", "resnet20"]) {
  const plan = planOf(argmin, jobOf(model, "wasm").setup);
  const exact = await follow(argmin, plan, runtime);
  const half = await follow(argmin, plan, runtime, exact.states.map(rounded));
  const { loss, norm } = apart(exact, half);
  console.log(JSON.stringify({ model, loss, norm }));
}
