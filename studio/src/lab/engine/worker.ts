/** The thread in which the Lab trains: ONNX Runtime on WebAssembly, loaded with the first task. */
import type { Runtime } from "../../../../src/runtime/index.ts";
import { openWebRuntime } from "../../../../src/runtime/web/index.ts";
import { overfit } from "./overfit.ts";
import { type PictureSet, shapesSet } from "./picture-set.ts";
import { race } from "./race.ts";
import type { Answer, Asked, Pictures, TaskName, Tasks } from "./tasks.ts";
import { contributions, grow } from "./templates.ts";
import { chain, learn, lookAt } from "./units.ts";

let drawn: { readonly key: string; readonly set: PictureSet } | undefined;

function setOf(pictures: Pictures): PictureSet {
  if (pictures.kind === "own") return pictures.set;
  const { train, validation, size } = pictures;
  const key = [train, validation, size].join();
  if (drawn?.key !== key) drawn = { key, set: shapesSet(train, validation, size) };
  return drawn.set;
}

type Perform<Name extends TaskName> = (
  runtime: Runtime,
  asks: Tasks[Name]["asks"],
  report: (report: Tasks[Name]["reports"]) => void,
) => Promise<Tasks[Name]["gives"]>;

const nothing = () => null;
const perform: { readonly [Name in TaskName]: Perform<Name> } = {
  race: (runtime, { pictures, setting }, report) => race(runtime, setOf(pictures), setting, report).then(nothing),
  grow: (runtime, { pictures, setting }, report) => grow(runtime, setOf(pictures), setting, report).then(nothing),
  contributions: (runtime, { pictures, weights, bias, picture, of }) =>
    contributions(runtime, setOf(pictures), { weights, bias }, picture, of),
  overfit: (runtime, { setting }, report) => overfit(runtime, setting, report).then(nothing),
  learn: (runtime, { pictures, setting }, report) =>
    learn(runtime, setOf(pictures), setting, (epoch, accuracy) => report({ epoch, accuracy })),
  look: (runtime, { pictures, setting, weights, picture, of }) =>
    lookAt(runtime, setOf(pictures), setting, weights, picture, of),
  chain: async (_runtime, { pictures, setting, weights, look, card, element }) =>
    chain(setOf(pictures), setting, weights, look, card, element),
};

const send = (answer: Answer) => (globalThis as unknown as Worker).postMessage(answer);
let runtime: Promise<Runtime> | undefined;

async function answer({ id, ort, name, asks }: Asked): Promise<void> {
  try {
    runtime ??= openWebRuntime("wasm", { ort });
    const run = perform[name] as Perform<TaskName>;
    send({ id, result: await run(await runtime, asks as never, (report: unknown) => send({ id, report })) });
  } catch (error) {
    send({ id, error: error instanceof Error ? error.message : String(error) });
  }
}

// One task after the other: ONNX Runtime refuses a second run while one is under way.
let last = Promise.resolve();
addEventListener("message", ({ data }: MessageEvent<Asked>) => {
  last = last.then(() => answer(data));
});
