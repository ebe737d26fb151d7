/** A thread that decodes pictures and brings them to one size with the model's own geometry, in one session of one thread. */
import { parentPort, workerData } from "node:worker_threads";
import { type DecodeStart, decodePicture, serveDecoding } from "../../data/node/index.ts";
import { openRuntime } from "../../runtime/node/index.ts";
import { type GeometryThread, geometryOf } from "./geometry-session.ts";

const { start, target, row, stop } = workerData as DecodeStart;
const { model, device } = start as GeometryThread;
const runtime = await openRuntime(device, 1);
const session = await runtime.createSession(model, { threads: 1, spinning: false });
serveDecoding(parentPort!, { target, row, stop }, (path) => decodePicture(path), geometryOf(session));
