import { int64 } from "../ir/index.ts";
import { ModelBuilder } from "../onnx/index.ts";

/**
 * How a picture of other proportions comes to fit: `letterbox` shows all of it, undistorted, between grey bars; `crop` shows
 * the largest centred part that has the wanted proportions; `stretch` shows all of it, distorted.
 */
export type Fit = "letterbox" | "crop" | "stretch";

/** The size that every picture is brought to. */
export interface GeometrySpec {
  readonly height: number;
  readonly width: number;
  /** 1: grey by the luma weights of ITU-R BT.601; 3: RGB. */
  readonly channels: 1 | 3;
  /** Letterbox unless said. */
  readonly fit?: Fit;
}

type Name = string;
type Fitting = (builder: ModelBuilder, batch: Name, own: Name, size: readonly [height: number, width: number]) => Name;

/** Grey of the bars that a letterbox adds: the middle of the range, so neither black nor white is favoured. */
const LETTERBOX = 128;
/** ITU-R BT.601. They sum to 1, so a grey picture written as RGB keeps its exact bytes. */
const LUMA = [0.299, 0.587, 0.114];

const float = (builder: ModelBuilder, values: readonly number[], shape: readonly number[] = [values.length]) =>
  builder.constant(values, shape, "float32");

/**
 * round(own · factor) of height and width, 1 at least, as int64 [2]; the factor is the smaller of the two that the sides of
 * `numerator` / `denominator` give. Written out in nodes: with Resize's `axes`, which its keep_aspect_ratio_policy needs, ONNX
 * Runtime 1.30 fails to load the model once a Transpose behind it is moved to the front by its optimizer.
 */
function scaled(builder: ModelBuilder, of: Name, numerator: Name, denominator: Name): Name {
  const factor = builder.node("ReduceMin", [builder.node("Div", [numerator, denominator])], { keepdims: 1 });
  const rounded = builder.node("Round", [builder.node("Mul", [of, factor])]);
  return builder.node("Cast", [builder.node("Max", [rounded, float(builder, [1])])], { to: 7 });
}

/**
 * In bytes, channels last, as pictures come: ONNX Runtime resizes uint8 by integers, like Pillow, a row of the result at a time, and
 * rounds after each of the two directions. In float32 a picture took 24 bytes a pixel beside its own three, 1.2 GB at 48 million
 * pixels, and no less time.
 * @param size int64 [2], height and width; given for all four axes, see `scaled`
 */
function resize(builder: ModelBuilder, batch: Name, size: Name): Name {
  const sizes = builder.node("Concat", [int64(builder, [1]), size, int64(builder, [3])], { axis: 0 });
  return builder.node("Resize", [batch, "", "", sizes], { mode: "linear", antialias: 1 });
}

/** One function for each `Fit`: pictures [1, h, w, 3] with their size int64 [2] to pictures [1, height, width, 3], all uint8. */
const fittings: Readonly<Record<Fit, Fitting>> = Object.freeze({
  /** The largest size with the picture's proportions, size · min(height / h, width / w), centred between bars. */
  letterbox: (builder, batch, own, wanted) => {
    const target = float(builder, wanted, [2]);
    const ownFloat = builder.node("Cast", [own], { to: 1 });
    const size = scaled(builder, ownFloat, target, ownFloat);
    const resized = resize(builder, batch, size);
    // Half of what is missing goes in front, the rest behind: pads = [0, top, left, 0, 0, bottom, right, 0].
    const missing = builder.node("Sub", [int64(builder, wanted), size]);
    const before = builder.node("Div", [missing, int64(builder, [2])]);
    const after = builder.node("Sub", [missing, before]);
    const pads = builder.node(
      "Concat",
      [int64(builder, [0]), before, int64(builder, [0, 0]), after, int64(builder, [0])],
      {
        axis: 0,
      },
    );
    return builder.node("Pad", [resized, pads, builder.constant([LETTERBOX], [], "uint8")]);
  },

  /**
   * The shorter side comes to fit, and the middle of the longer one is kept. It is cut before it is resized: the picture is the
   * same but for its outermost pixels, and a strip of 4×40,000 pixels does not become one of 64×640,000 in between.
   */
  crop: (builder, batch, own, wanted) => {
    const target = float(builder, wanted, [2]);
    const ownFloat = builder.node("Cast", [own], { to: 1 });
    const size = scaled(builder, target, ownFloat, target);
    const before = builder.node("Div", [builder.node("Sub", [own, size]), int64(builder, [2])]);
    const part = builder.node("Slice", [batch, before, builder.node("Add", [before, size]), int64(builder, [1, 2])]);
    return resize(builder, part, int64(builder, wanted));
  },

  stretch: (builder, batch, _own, wanted) => resize(builder, batch, int64(builder, wanted)),
});

/** The ways to fit, by name. */
export const fits: Readonly<{ [Name in Fit]: Name }> = Object.freeze({
  letterbox: "letterbox",
  crop: "crop",
  stretch: "stretch",
});

/**
 * The first stage of preprocessing: decoded RGB bytes [height, width, 3] of any size to bytes of the wanted size
 * [height, width, channels]. The picture is resized by linear interpolation with antialiasing and made to fit as `spec.fit`
 * says. All of it is bytes, so that training, evaluation and every runtime see the same ones.
 *
 * Written with the builder because the input's size is known only when a picture comes. ONNX Resize (opset 18).
 * @param pixels name of the uint8 value [height, width, 3]
 * @returns name of the uint8 value [spec.height, spec.width, spec.channels]
 */
export function addGeometry(builder: ModelBuilder, pixels: string, spec: GeometrySpec): string {
  const { height, width, channels, fit = "letterbox" } = spec;
  const batch = builder.node("Unsqueeze", [pixels, int64(builder, [0])]);
  const own = builder.node("Slice", [builder.node("Shape", [pixels]), int64(builder, [0]), int64(builder, [2])]);
  const fitted = fittings[fit](builder, batch, own, [height, width]);
  const rows = channels === 3 ? fitted : grey(builder, fitted);
  return builder.node("Reshape", [rows, int64(builder, [height, width, channels])]);
}

/** Luma of RGB bytes [1, height, width, 3], rounded: [1, height, width, 1]. */
function grey(builder: ModelBuilder, rgb: Name): Name {
  const parts = builder.node("Mul", [builder.node("Cast", [rgb], { to: 1 }), float(builder, LUMA)]);
  const sum = builder.node("ReduceSum", [parts, int64(builder, [3])], { keepdims: 1 });
  return builder.node("Cast", [builder.node("Round", [sum])], { to: 2 });
}

/** The geometry as a model of its own: `pixels` uint8 [height, width, 3] to `resized` uint8 [height, width, channels]. */
export function geometryModel(spec: GeometrySpec): Uint8Array<ArrayBuffer> {
  const builder = new ModelBuilder();
  const pixels = builder.input("pixels", "uint8", ["height", "width", 3]);
  builder.output("resized", addGeometry(builder, pixels, spec), "uint8", [spec.height, spec.width, spec.channels]);
  return builder.finish("geometry");
}
