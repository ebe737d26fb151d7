import type { Runtime, Session, SessionOptions } from "../runtime/index.ts";
import type { CompiledGraph } from "./plan.ts";

/**
 * A session of a graph, in the form that suits the runtime.
 */
export async function openGraph(
  runtime: Runtime,
  { model, native, webgpu }: Pick<CompiledGraph, "model" | "native" | "webgpu">,
  threads: number | undefined,
  more: SessionOptions = {},
): Promise<Session> {
  const options = { ...more, ...(threads === undefined ? {} : { threads }) };
  if (native !== undefined && runtime.device === "cpu") {
    try {
      return await runtime.createSession(native, options);
    } catch {
      // A processor for which this build of ONNX Runtime has no blocked layout: the standard operators do the same there.
    }
  }
  const suits = runtime.device === "webgpu" ? (webgpu ?? model) : model;
  return await runtime.createSession(suits, options);
}
