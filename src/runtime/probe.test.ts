import { expect, test } from "vitest";
import { HostBlock } from "./blocks.ts";
import { probe, type Runtime } from "./index.ts";
import { loadNative, loadWasm } from "./node/index.ts";

test("native and Wasm take a tiny step", async () => {
  const native = await loadNative({ threads: 1 });
  if (native instanceof Error) throw native;
  await probe(native);
  await probe(await loadWasm({ threads: 1 }));
});

test("a runtime that answers wrongly, or not at all, is found out", async () => {
  const native = (await loadNative({ threads: 1 })) as Runtime;
  class Forgetful extends HostBlock {
    override write(): void {}
  }
  await expect(probe({ ...native, createBlock: (shape) => new Forgetful(shape) })).rejects.toThrow(/instead of 0.25/);
  const createSession = async () => {
    throw new Error("no adapter");
  };
  await expect(probe({ ...native, createSession })).rejects.toThrow("no adapter");
});

test("outputs that are kept stay on the card until they are read, and the tensor before them is given back", async () => {
  // The card of this test: tensors whose numbers only `download` can see.
  const { gpuRuntime } = await import("./gpu.ts");
  const disposed: number[] = [];
  const asked: unknown[] = [];
  let count = 0;
  class Card {
    readonly location: string;
    readonly dims: readonly number[];
    readonly data: Float32Array;
    readonly id = count++;
    constructor(_type: string, data: Float32Array, dims: readonly number[], location = "cpu") {
      [this.data, this.dims, this.location] = [data, dims, location];
    }
    dispose(): void {
      disposed.push(this.id);
    }
  }
  const create = async (_model: Uint8Array, options: { preferredOutputLocation?: unknown }) => {
    asked.push(options.preferredOutputLocation);
    return {
      inputNames: ["w"],
      outputNames: ["next w"],
      release: async () => {},
      run: async ({ w, block }: Record<string, Card>) =>
        block === undefined
          ? {
              "next w": new Card(
                "float32",
                w!.data.map((x) => 2 * x),
                w!.dims,
                "gpu-buffer",
              ),
            }
          : { copy: new Card("float32", block.data, block.dims) },
    };
  };
  const runtime = gpuRuntime({ description: "a card", notes: [] }, { Tensor: Card }, create as never);
  const [front, back] = [runtime.createBlock([2]), runtime.createBlock([2])];
  const session = await runtime.createSession(new Uint8Array(), { kept: ["next w"] });
  front.write(Float32Array.of(1, 3));
  await session.bind({ w: front }, { "next w": back })();
  await session.bind({ w: back }, { "next w": front })();
  // The zeros of both blocks, then what was written into the front one.
  expect(disposed).toEqual([0, 1, 2]);
  expect(await front.read()).toEqual(Float32Array.of(4, 12));
  expect(asked).toEqual([{ "next w": "gpu-buffer" }, {}]);
});
