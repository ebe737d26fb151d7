import { BLOCKS_ARE_WIDE } from "../ir/index.ts";
import { joined, ModelBuilder } from "./builder.ts";
import { framed, tensorPieces } from "./proto.ts";

/*
 * How wide the blocks are that native ONNX Runtime's layout consists of, the processor decides, and a native form of a graph leaves
 * open. Whoever opens it finds out and adds a constant to the model. So all that follows from the width, such as the indices of moved
 * blocks, is computed while the model is opened and not in each run; of its own operator's results ONNX Runtime computes nothing ahead.
 */

/** A model whose output `probed`, one number, is 16 where blocks are 16 wide. */
export function widthProbe(): Uint8Array {
  const builder = new ModelBuilder("native");
  // The channels 0 … 15 of two places: at position 8 lies either the eighth channel or the second place.
  const places = Array.from({ length: 32 }, (_, i) => i);
  const reordered = builder.node("com.microsoft.nchwc:ReorderInput", [
    builder.constant(places, [1, 16, 1, 2], "float32"),
  ]);
  const flat = builder.node("Reshape", [reordered, builder.constant([32], [1], "int64")]);
  builder.output("probed", builder.node("Gather", [flat, builder.constant([8], [], "int64")]), "float32", []);
  return builder.finish("width of blocks");
}

/** The model with the width said. Parts of one message may follow each other. */
export function withWidth(model: Uint8Array, wide: boolean): Uint8Array {
  const raw = Uint8Array.of(wide ? 1 : 0);
  const constant = tensorPieces({ name: BLOCKS_ARE_WIDE, dtype: "bool", shape: [], raw });
  return joined([model, ...framed(7, framed(5, constant))]);
}
