import { BinaryReader } from "@bufbuild/protobuf/wire";
import { UsageError } from "../core/index.ts";

/**
 * Reads the metadata of a model file: field 14 (metadata_props) of ModelProto, pairs of key (1) and value (2). ONNX
 * Runtime's JavaScript API does not hand it out.
 * @throws UsageError when the bytes are not a protobuf message
 */
export function readMetadata(model: Uint8Array, where: string): Record<string, string> {
  const metadata: Record<string, string> = {};
  try {
    const reader = new BinaryReader(model);
    while (reader.pos < reader.len) {
      const [field, wireType] = reader.tag();
      if (field !== 14) {
        reader.skip(wireType, field);
        continue;
      }
      const entry = new BinaryReader(reader.bytes());
      const pair = ["", ""];
      while (entry.pos < entry.len) {
        const [part, type] = entry.tag();
        if (part === 1 || part === 2) pair[part - 1] = entry.string();
        else entry.skip(type, part);
      }
      metadata[pair[0]] = pair[1];
    }
  } catch {
    throw new UsageError(
      where,
      "is not an ONNX model, or is cut short",
      "give a model.onnx, or the run folder that holds one",
      1,
    );
  }
  return metadata;
}
