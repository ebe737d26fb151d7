/** The thread behind `remoteModel`: one session, one answer for each request. */
import { parentPort, workerData } from "node:worker_threads";
import { UsageError } from "../../core/index.ts";
import type { Values } from "../session.ts";
import { openRuntime } from "./open.ts";
import type { RemoteAnswer, RemoteCall, RemoteRequest } from "./remote.ts";

const port = parentPort!;
const answer = (message: RemoteAnswer) => port.postMessage(message);
const facts = (error: unknown) =>
  error instanceof UsageError
    ? { where: error.where, what: error.what, fix: error.fix }
    : { where: "model worker", what: String(error), fix: "check the model file" };

try {
  const { model, device } = workerData as RemoteRequest;
  const runtime = await openRuntime(device);
  const session = await runtime.createSession(model, { spinning: false });
  let all: Values = {};
  port.on("message", async (request: RemoteCall) => {
    if ("held" in request) {
      all = { ...all, ...request.held };
      return;
    }
    const { id, feeds } = request;
    try {
      answer({ type: "result", id, outputs: await session.run({ ...all, ...feeds }) });
    } catch (error) {
      answer({ type: "error", id, error: facts(error) });
    }
  });
  answer({ type: "ready", description: runtime.description, notes: runtime.notes });
} catch (error) {
  answer({ type: "error", id: -1, error: facts(error) });
}
