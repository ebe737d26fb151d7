import { loadNative, NATIVE_MEND } from "../../../runtime/node/index.ts";
import type { Place } from "./answers.ts";

/** A model in every runtime that there is: native code may be missing. */
export async function placesOf(model: Uint8Array): Promise<{ places: Place[]; notes: string[] }> {
  const wasm: Place = { name: "wasm", model, device: "wasm" };
  if ((await loadNative()) instanceof Error) {
    return { places: [wasm], notes: [`Native ONNX Runtime is missing, so only Wasm was asked: ${NATIVE_MEND}`] };
  }
  return { places: [{ name: "native", model, device: "cpu" }, wasm], notes: [] };
}
