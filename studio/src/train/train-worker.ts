/** The worker of a training in a page: loads ONNX Runtime, trains, and tells the page what happens. */
import { UsageError } from "../../../src/core/index.ts";
import { shapesSource } from "../../../src/data/index.ts";
import { openWebRuntime } from "../../../src/runtime/web/index.ts";
import type { Order, Told } from "./order.ts";
import { pictureSource } from "./pictures.ts";
import { trainHere } from "./training.ts";
import { yielding } from "./yielding.ts";

interface Scope {
  postMessage(message: Told, transfer?: Transferable[]): void;
  addEventListener(type: "message", listen: (event: { readonly data: Order | "stop" }) => void): void;
}
const scope = globalThis as unknown as Scope;
let stop = false;

scope.addEventListener("message", ({ data }) => {
  if (data === "stop") stop = true;
  else void start(data);
});

async function start({ pictures, options, device, ort }: Order): Promise<void> {
  try {
    const runtime = yielding(await openWebRuntime(device, { ort }));
    const source = pictures === "shapes" ? shapesSource() : pictureSource(pictures.name, pictures.list);
    const { data: _named, ...rest } = options;
    await trainHere({
      source,
      options: { ...rest, data: source },
      runtime,
      stopRequested: () => stop,
      onEvent: (event) => scope.postMessage(event, event.type === "done" ? [event.model.buffer] : []),
    });
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof UsageError) {
      const { where, what, fix } = error;
      scope.postMessage({ type: "failed", what: `${where}: ${what}`, fix });
    } else scope.postMessage({ type: "failed", what: message, fix: "" });
  }
}
