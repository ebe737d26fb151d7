/**
 * The part of ONNX's protobuf schema that we write (onnx.proto, IR version 8), as functions that append one message each.
 * Field numbers are facts of that file. The wire format itself is @bufbuild/protobuf's.
 */
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import type { Attribute, Attributes, DType } from "../ir/index.ts";

export type OnnxType = DType | "int8" | "int64" | "string";

/** TensorProto.DataType */
export const dataType: Record<OnnxType, number> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float64: 11,
};

export interface NodeProto {
  readonly opType: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

export interface TensorProto {
  readonly name: string;
  readonly dtype: OnnxType;
  readonly shape: readonly number[];
  /** Little-endian elements. */
  readonly raw: Uint8Array;
  /** Where the elements are, when they are not in the model itself. */
  readonly external?: ExternalPlace;
}

/** A part of a file beside the model. */
export interface ExternalPlace {
  /** Name of the file, which lies in the folder of the model. */
  readonly location: string;
  /** In bytes. */
  readonly offset: number;
  readonly length: number;
}

export interface ValueInfo {
  readonly name: string;
  readonly dtype: OnnxType;
  /** A string is a symbolic size: any, but the same wherever the name occurs. */
  readonly shape: readonly (number | string)[];
}

export interface ModelProto {
  readonly name: string;
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly opset: number;
  readonly metadata: Readonly<Record<string, string>>;
}

const VARINT = 0;
const LENGTH = 2;
const FIXED32 = 5;
/** TensorProto.DataLocation */
const EXTERNAL = 1;

function message(writer: BinaryWriter, field: number, body: (writer: BinaryWriter) => void): void {
  writer.tag(field, LENGTH).fork();
  body(writer);
  writer.join();
}

function text(writer: BinaryWriter, field: number, value: string): void {
  if (value !== "") writer.tag(field, LENGTH).string(value);
}

function attribute(writer: BinaryWriter, name: string, value: Attribute): void {
  text(writer, 1, name);
  const type = (kind: number) => writer.tag(20, VARINT).int32(kind);
  if (typeof value === "number") {
    writer.tag(3, VARINT).int64(value);
    type(2);
  } else if (typeof value === "string") {
    writer.tag(4, LENGTH).bytes(new TextEncoder().encode(value));
    type(3);
  } else if ("float" in value) {
    writer.tag(2, FIXED32).float(value.float);
    type(1);
  } else if ("floats" in value) {
    for (const item of value.floats) writer.tag(7, FIXED32).float(item);
    type(6);
  } else {
    for (const item of value) writer.tag(8, VARINT).int64(item);
    type(7);
  }
}

function node(writer: BinaryWriter, { inputs, outputs, name, opType, attributes }: NodeProto): void {
  // An absent optional input is an empty string, so these are written even when empty.
  for (const value of inputs) writer.tag(1, LENGTH).string(value);
  for (const value of outputs) writer.tag(2, LENGTH).string(value);
  text(writer, 3, name);
  const { domain, operator } = qualified(opType);
  text(writer, 4, operator);
  for (const [key, value] of Object.entries(attributes)) message(writer, 5, (w) => attribute(w, key, value));
  text(writer, 7, domain);
}

/** `com.microsoft.nchwc:Conv` is the operator Conv of that domain; a bare name is ONNX's own. */
function qualified(opType: string): { domain: string; operator: string } {
  const [operator, domain = ""] = opType.split(":").toReversed();
  return { domain, operator };
}

/** In pieces: elements are not copied. */
export function tensorPieces({ name, dtype, shape, raw, external }: TensorProto): Uint8Array[] {
  const writer = new BinaryWriter();
  for (const dim of shape) writer.tag(1, VARINT).int64(dim);
  writer.tag(2, VARINT).int32(dataType[dtype]);
  text(writer, 8, name);
  if (external === undefined) return [writer.tag(9, LENGTH).uint32(raw.length).finish(), raw];
  for (const [key, value] of Object.entries(external)) message(writer, 13, (w) => entry(w, key, String(value)));
  writer.tag(14, VARINT).int32(EXTERNAL);
  return [writer.finish()];
}

/** StringStringEntryProto. */
function entry(writer: BinaryWriter, key: string, value: string): void {
  text(writer, 1, key);
  text(writer, 2, value);
}

function valueInfo(writer: BinaryWriter, { name, dtype, shape }: ValueInfo): void {
  text(writer, 1, name);
  message(writer, 2, (type) =>
    message(type, 1, (tensorType) => {
      tensorType.tag(1, VARINT).int32(dataType[dtype]);
      message(tensorType, 2, (dims) => {
        for (const dim of shape) {
          message(dims, 1, (w) => (typeof dim === "number" ? w.tag(1, VARINT).int64(dim) : text(w, 2, dim)));
        }
      });
    }),
  );
}

const written = (body: (writer: BinaryWriter) => void): Uint8Array => {
  const writer = new BinaryWriter();
  body(writer);
  return writer.finish();
};

/** A message that is given in pieces, as the field of another. */
export function framed(field: number, pieces: readonly Uint8Array[]): Uint8Array[] {
  const length = pieces.reduce((total, piece) => total + piece.length, 0);
  return [written((w) => w.tag(field, LENGTH).uint32(length)), ...pieces];
}

/** A model file in pieces, one after the other: what the initializers hold is not copied. */
export function encodePieces(model: ModelProto): Uint8Array[] {
  const head = written((writer) => {
    writer.tag(1, VARINT).int64(8);
    text(writer, 2, "argmin");
  });
  const graph = [
    written((writer) => {
      for (const item of model.nodes) message(writer, 1, (w) => node(w, item));
      text(writer, 2, model.name);
    }),
    ...model.initializers.flatMap((item) => framed(5, tensorPieces(item))),
    written((writer) => {
      for (const item of model.inputs) message(writer, 11, (w) => valueInfo(w, item));
      for (const item of model.outputs) message(writer, 12, (w) => valueInfo(w, item));
    }),
  ];
  const tail = written((writer) => {
    message(writer, 8, (w) => w.tag(2, VARINT).int64(model.opset));
    for (const domain of new Set(model.nodes.map((one) => qualified(one.opType).domain))) {
      if (domain === "") continue;
      message(writer, 8, (w) => {
        text(w, 1, domain);
        w.tag(2, VARINT).int64(1);
      });
    }
    for (const [key, value] of Object.entries(model.metadata)) message(writer, 14, (w) => entry(w, key, value));
  });
  return [head, ...framed(7, graph), tail];
}
