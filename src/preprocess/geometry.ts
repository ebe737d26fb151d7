import { ModelBuilder } from "../onnx/index.ts";

/** The size that every picture is brought to. */
export interface GeometrySpec {
  readonly height: number;
  readonly width: number;
  /** 1: grey by the luma weights of ITU-R BT.601; 3: RGB. */
  readonly channels: 1 | 3;
}

/** Grey of the bars that a letterbox adds: the middle of the range, so neither black nor white is favoured. */
const LETTERBOX = 128;
/** ITU-R BT.601. They sum to 1, so a grey picture written as RGB keeps its exact bytes. */
const LUMA = [0.299, 0.587, 0.114];

/**
 * The first stage of preprocessing: decoded RGB bytes [height, width, 3] of any size to bytes of the wanted size
 * [height, width, channels]. The picture is resized with its proportions kept, by linear interpolation with antialiasing,
 * centred, and framed with grey (letterbox). Ends in Round, so that training, evaluation and every runtime see the same bytes.
 *
 * Written with the builder because the input's size is known only when a picture comes. ONNX Resize (opset 18).
 * @param pixels name of the uint8 value [height, width, 3]
 * @returns name of the uint8 value [spec.height, spec.width, spec.channels]
 */
export function addGeometry(builder: ModelBuilder, pixels: string, { height, width, channels }: GeometrySpec): string {
  const int64 = (values: readonly number[]) => builder.constant(values, [values.length], "int64");
  const float = (values: readonly number[], shape: readonly number[]) => builder.constant(values, shape, "float32");
  const planes = builder.node("Transpose", [builder.node("Cast", [pixels], { to: 1 })], { perm: [2, 0, 1] });
  const batch = builder.node("Unsqueeze", [planes, int64([0])]);
  // The largest size with the picture's proportions: round(size · min(height / h, width / w)), 1 at least. Written out, and
  // given for all four axes: with Resize's `axes`, which its keep_aspect_ratio_policy needs, ONNX Runtime 1.30 fails to load
  // the model once a Transpose behind it is moved to the front by its optimizer.
  const target = float([height, width], [2]);
  const own = builder.node("Slice", [builder.node("Shape", [pixels]), int64([0]), int64([2])]);
  const ownFloat = builder.node("Cast", [own], { to: 1 });
  const scale = builder.node("ReduceMin", [builder.node("Div", [target, ownFloat])], { keepdims: 1 });
  const fitted = builder.node("Max", [
    builder.node("Round", [builder.node("Mul", [ownFloat, scale])]),
    float([1], [1]),
  ]);
  const size = builder.node("Cast", [fitted], { to: 7 });
  const sizes = builder.node("Concat", [int64([1, 3]), size], { axis: 0 });
  const resized = builder.node("Resize", [batch, "", "", sizes], { mode: "linear", antialias: 1 });
  // Half of what is missing goes in front, the rest behind: pads = [0, 0, top, left, 0, 0, bottom, right].
  const missing = builder.node("Sub", [int64([height, width]), size]);
  const before = builder.node("Div", [missing, int64([2])]);
  const after = builder.node("Sub", [missing, before]);
  const pads = builder.node("Concat", [int64([0, 0]), before, int64([0, 0]), after], { axis: 0 });
  const framed = builder.node("Pad", [resized, pads, float([LETTERBOX], [])]);
  const mixed =
    channels === 3
      ? framed
      : builder.node("ReduceSum", [builder.node("Mul", [framed, float(LUMA, [3, 1, 1])]), int64([1])], { keepdims: 1 });
  const clipped = builder.node("Clip", [builder.node("Round", [mixed]), float([0], []), float([255], [])]);
  const rows = builder.node("Transpose", [builder.node("Cast", [clipped], { to: 2 })], { perm: [0, 2, 3, 1] });
  return builder.node("Reshape", [rows, int64([height, width, channels])]);
}

/** The geometry as a model of its own: `pixels` uint8 [height, width, 3] to `resized` uint8 [height, width, channels]. */
export function geometryModel(spec: GeometrySpec): Uint8Array<ArrayBuffer> {
  const builder = new ModelBuilder();
  const pixels = builder.input("pixels", "uint8", ["height", "width", 3]);
  builder.output("resized", addGeometry(builder, pixels, spec), "uint8", [spec.height, spec.width, spec.channels]);
  return builder.finish("geometry");
}
