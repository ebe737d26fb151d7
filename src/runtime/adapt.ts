import type { InferenceSession, Tensor, TypedTensor } from "onnxruntime-common";
import { UsageError } from "../core/index.ts";
import type { Session, Value, Values } from "./session.ts";

type TensorConstructor = new (type: Value["dtype"], data: never, dims: readonly number[]) => Tensor;

/** What native and Wasm ONNX Runtime do differently. */
export interface Backend {
  readonly Tensor: unknown;
  /** Outputs can be written straight into the caller's arrays. */
  readonly writesInPlace: boolean;
}

/**
 * An ONNX Runtime session behind our interface. An error of the runtime is passed on with the name of the failing node,
 * which carries the scope of the user's layer.
 */
export function adapt(session: InferenceSession, backend: Backend): Session {
  const Constructor = backend.Tensor as TensorConstructor;
  const wrap = (values: Values): Record<string, Tensor> =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        new Constructor(value.dtype, value.data as never, value.shape),
      ]),
    );
  const unwrap = (tensor: Tensor): Value => {
    const { type, dims, data } = tensor as TypedTensor<"float32">;
    return { dtype: type, shape: dims, data };
  };
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(feeds) {
      const results = await session.run(wrap(unshared(feeds))).catch(explain);
      return Object.fromEntries(session.outputNames.map((name) => [name, unwrap(results[name])]));
    },
    bind(feeds, outputs) {
      const inputs = wrap(feeds);
      if (backend.writesInPlace) {
        const fetches = wrap(outputs);
        return async () => {
          await session.run(inputs, fetches).catch(explain);
        };
      }
      return async () => {
        const results = await session.run(inputs).catch(explain);
        for (const [name, value] of Object.entries(outputs)) {
          (value.data as Float32Array).set((results[name] as TypedTensor<"float32">).data);
          results[name].dispose();
        }
      };
    },
    release: () => session.release(),
  };
}

/** Native code refuses views of shared memory ("Invalid argument"), such as one picture of a block: it gets a copy. */
function unshared(values: Values): Values {
  const shared = ({ data }: Value) =>
    typeof SharedArrayBuffer !== "undefined" && data.buffer instanceof SharedArrayBuffer;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      shared(value) ? { ...value, data: value.data.slice() as Value["data"] } : value,
    ]),
  );
}

function explain(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  throw new UsageError("ONNX Runtime", message, "check that the model file and its inputs belong together", 1);
}
