export { trainInWorker, type WorkerRun } from "./train-in-worker.ts";
