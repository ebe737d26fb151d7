import type { InferenceSession, Tensor, TypedTensor } from "onnxruntime-common";
import { sizeOf, UsageError } from "../core/index.ts";
import { DeviceBlock, HostBlock } from "./blocks.ts";
import type { Block, Places, Session, Value, Values } from "./session.ts";

export type TensorConstructor = new (type: Value["dtype"], data: never, dims: readonly number[]) => Tensor;

/** What the builds of ONNX Runtime do differently. */
export interface Backend {
  readonly Tensor: unknown;
  /** Outputs can be written straight into the caller's arrays. */
  readonly writesInPlace: boolean;
  /** Where all outputs are written so and none is to be returned: the output that sees to it, and what it makes of a run. */
  readonly unreturned?: { readonly output: string; readonly ended: (error: unknown) => void };
}

/**
 * An ONNX Runtime session behind our interface. An error of the runtime is passed on with the name of the failing node,
 * which carries the scope of the user's layer.
 */
export function adapt(session: InferenceSession, backend: Backend): Session {
  const Constructor = backend.Tensor as TensorConstructor;
  const tensorOf = ({ dtype, data, shape }: Value) => new Constructor(dtype, data as never, shape);
  const wrap = (values: Values): Record<string, Tensor> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, tensorOf(value)]));
  // A result may have another form of as many numbers than the array that is given for it.
  const formed = (values: Values, metadata: readonly InferenceSession.ValueMetadata[] | undefined): Values => {
    const forms = new Map(metadata?.map((one) => [one.name, one.isTensor ? one.shape : []]));
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => {
        const form = forms.get(name);
        const fits = form?.every((size) => typeof size === "number") && sizeOf(form) === value.data.length;
        return [name, fits ? { ...value, shape: form } : value];
      }),
    );
  };
  const unwrap = (tensor: Tensor): Value => {
    const { type, dims, data } = tensor as TypedTensor<"float32">;
    return { dtype: type, shape: dims, data };
  };
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames.filter((name) => name !== backend.unreturned?.output),
    async run(feeds) {
      const { host, device } = apart(feeds);
      const results = await session.run({ ...wrap(unshared(host)), ...tensorsOf(device) }).catch(explain);
      return Object.fromEntries(session.outputNames.map((name) => [name, unwrap(results[name])]));
    },
    bind(feeds, outputs) {
      const { host, device } = apart(feeds);
      // Of what is read, a part of an array has no form of its own.
      const flat = Object.entries(host).filter(([, { shape }]) => shape.length === 1);
      const inputs = wrap({ ...host, ...formed(Object.fromEntries(flat), session.inputMetadata) });
      const filled = apart(outputs);
      if (backend.writesInPlace) {
        const fetches = wrap(formed(filled.host, session.outputMetadata));
        const { unreturned } = backend;
        if (unreturned === undefined) return async () => void (await session.run(inputs, fetches).catch(explain));
        const asked = { ...fetches, [unreturned.output]: null };
        return async () => void (await session.run(inputs, asked).catch(unreturned.ended).catch(explain));
      }
      return async () => {
        const results = await session.run({ ...inputs, ...tensorsOf(device) }).catch(explain);
        for (const [name, value] of Object.entries(filled.host)) {
          (value.data as Float32Array).set((results[name] as TypedTensor<"float32">).data);
          results[name].dispose();
        }
        for (const [name, block] of Object.entries(filled.device)) block.replace(results[name]);
      };
    },
    release: () => session.release(),
  };
}

/** Arrays and blocks of this memory on one side, blocks of a graphics card on the other. */
function apart(places: Places): { host: Values; device: Readonly<Record<string, DeviceBlock>> } {
  const host: Record<string, Value> = {};
  const device: Record<string, DeviceBlock> = {};
  for (const [name, place] of Object.entries(places)) {
    if (place instanceof DeviceBlock) device[name] = place;
    else host[name] = place instanceof HostBlock ? place.value : (place as Exclude<typeof place, Block>);
  }
  return { host, device };
}

/** What the blocks hold now. */
const tensorsOf = (blocks: Readonly<Record<string, DeviceBlock>>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(blocks).map(([name, { tensor }]) => [name, tensor]));

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
