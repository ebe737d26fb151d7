/** The thread that trains: builds the sessions of a plan, runs it, then scores pictures on request. */
import { parentPort, workerData } from "node:worker_threads";
import { UsageError } from "../../core/index.ts";
// By its own file: the room's index would load the picture decoder into this thread, which decodes nothing.
import { openRows } from "../../data/node/open-rows.ts";
import { openRuntime } from "../../runtime/node/index.ts";
import { pictureBaseline, SolveRun } from "../convex/index.ts";
import type { TrainEvent } from "../events.ts";
import { Trainer } from "../trainer.ts";
import { startFeeder } from "./feeder.ts";
import type { WorkerAnswer, WorkerRequest, WorkerStart } from "./train-in-worker.ts";

const port = parentPort!;

/** The buffers of an event's state change hands instead of being copied. */
function send(message: WorkerAnswer, event?: TrainEvent): void {
  const state = event !== undefined && "state" in event ? Object.values(event.state) : [];
  port.postMessage(
    message,
    state.map(({ buffer }) => buffer as ArrayBuffer),
  );
}

try {
  const { plan, task, stop } = workerData as WorkerStart;
  const runtime = await openRuntime(plan.device, plan.threads);
  const rows = openRows(plan.pictures);
  const solves = plan.steps.kind === "solve";
  const feeder = startFeeder(plan);
  const trainer = solves ? new SolveRun(plan, runtime, rows) : await Trainer.create(plan, runtime, rows, feeder, true);
  const emit = (event: TrainEvent) => send({ type: "event", event }, event);
  const stopRequested = () => Atomics.load(stop, 0) !== 0;
  if (task === "range" && trainer instanceof Trainer) await trainer.findLearningRate(emit, stopRequested);
  else await trainer.run(emit, stopRequested);
  feeder?.close();
  port.on("message", async (request: WorkerRequest) => {
    if (request.type === "weights") {
      trainer.use(request.weights);
    } else if (request.type === "baseline") {
      send({ type: "baseline", baseline: await pictureBaseline(plan, rows, runtime) });
    } else {
      send({ type: "scores", scores: await trainer.score(request.indices) });
    }
  });
} catch (error) {
  const usage =
    error instanceof UsageError
      ? error
      : new UsageError("training", String((error as Error).stack ?? error), "please report it", 1);
  send({ type: "error", error: { where: usage.where, what: usage.what, fix: usage.fix } });
}
