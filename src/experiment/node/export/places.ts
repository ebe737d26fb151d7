import { UsageError } from "../../../core/index.ts";
import { loadNative, NATIVE_MEND } from "../../../runtime/node/index.ts";
import type { OpenedModel } from "../model-file.ts";
import type { Place } from "./answers.ts";

/** Wasm has 4 GiB of memory, which hold the weights and, while the model is opened, the largest of them once more. */
export const MOST_IN_WASM = 1.75 * 2 ** 30;

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

/**
 * A model in every runtime that there is: native code may be missing, and WebAssembly too small.
 * @throws UsageError where none is left
 */
export async function placesOf({ model, bytes }: OpenedModel): Promise<{ places: Place[]; notes: string[] }> {
  const native = !((await loadNative()) instanceof Error);
  const wasm = bytes <= MOST_IN_WASM;
  const tooLarge = `Wasm has 4 GiB of memory, too few for a model of ${gigabytes(bytes)}`;
  if (!native && !wasm) {
    throw new UsageError("proof", `native ONNX Runtime is missing, and ${tooLarge}`, NATIVE_MEND, 1);
  }
  const notes = [
    ...(native ? [] : [`Native ONNX Runtime is missing, so only Wasm was asked: ${NATIVE_MEND}`]),
    ...(wasm ? [] : [`${tooLarge}: only native ONNX Runtime was asked`]),
  ];
  const all: Place[] = [
    { name: "native", model, device: "cpu" },
    { name: "wasm", model, device: "wasm" },
  ];
  return { places: all.filter(({ name }) => (name === "native" ? native : wasm)), notes };
}
