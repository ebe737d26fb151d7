/**
 * The nouns of this room. A *source* lists labelled pictures and can read each one as it is; *loading* turns a source
 * into one block of equally sized pictures; a *split* says which of them are for what. All arrays, no graph.
 */
import type { Admit } from "./pixel-budget.ts";
import type { PixelStore } from "./store.ts";

/** One decoded picture: bytes in the order [height, width, channels], 1 channel (grey) or 3 (RGB). */
export interface Picture {
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** How the file held it; absent where there was no file. */
  readonly facts?: PictureFacts;
}

/** How a picture lay in its file, before it was turned, flattened and brought to 8 bits; plain data. */
export interface PictureFacts {
  /** By its content: "JPEG", "PNG", … */
  readonly format: string;
  /** In pixels, before the EXIF orientation turns it. */
  readonly width: number;
  readonly height: number;
  /** As stored, alpha counted: 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha, or CMYK. */
  readonly channels: number;
  /** Bits of one channel of one pixel: 1, 2, 4, 8, 16 or 32. */
  readonly bits: number;
  /** EXIF orientation, 1 to 8; 1 is upright and the usual. */
  readonly orientation: number;
  readonly alpha: boolean;
  readonly palette: boolean;
  readonly cmyk: boolean;
  /** Frames of an animation, pages of a TIFF; only the first is taken. */
  readonly frames: number;
}

export type SplitName = "train" | "validation" | "test";

export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

/** Pictures of one size in one block: [count, height, width, channels]. */
export interface Uniform {
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/** Rows of numbers, all of them in memory. */
export interface NumberRows {
  /** [count, features], over a SharedArrayBuffer. */
  readonly values: Float32Array;
  /** The name of each feature: of a header, or x1, x2, … by its place. */
  readonly features: readonly string[];
  /** What a row does not name is 0, so that a file need not reach the last feature. */
  readonly sparse: boolean;
}

/** A labelled collection of pictures, or of rows of numbers, as it was found. */
export interface Source {
  readonly kind: "idx" | "folder" | "manifest" | "cifar" | "shapes" | "numbers";
  /** As the user wrote it: a path or `builtin:shapes`. */
  readonly name: string;
  /** Class names; a label is an index into them. */
  readonly classes: readonly string[];
  /** Where each picture comes from, relative to the root: `cats/1.jpg`, or `train#17` inside an IDX file. */
  readonly paths: readonly string[];
  /** Class of each picture, [count]. */
  readonly labels: Int32Array;
  /** How much each picture counts in the loss, [count], 0 or more; all count the same without it. */
  readonly weights?: Float32Array;
  /**
   * What to learn of each picture, [count, classes] in row-major order, each row a distribution over the classes; without
   * them each picture is wholly of its own class. `labels` still say what a right answer is.
   */
  readonly targets?: Float32Array;
  /** The split that the data itself declares, one per picture (undefined: ours to decide). */
  readonly declared: readonly (SplitName | undefined)[];
  /** What belongs together (a scene, a patient, a burst), one name per picture, where the data says so. */
  readonly groups?: readonly string[];
  /** Files that look like pictures by their name but are none that can be read; they are not in `paths`. */
  readonly skipped: readonly Skipped[];
  /** What a person should know about how the data was read; whole sentences without a full stop. */
  readonly notes: readonly string[];
  /** Present when all pictures have one size already and are in memory. */
  readonly uniform?: Uniform;
  /** Present when the data are numbers and no pictures; then there is nothing to `read`. */
  readonly numbers?: NumberRows;
  /**
   * The file that each picture lies in, absolute, where each has one of its own and `read` decodes just that: then other
   * threads decode them, and what they decoded is kept in the cache.
   */
  readonly files?: readonly string[];
  /** Whether every picture that can be read is stored in grey, by the headers of the files; decodes nothing. */
  isGrey?(): Promise<boolean>;
  /**
   * Reads one picture at its own size.
   * @param admit is asked once that size is known, before it is decoded
   * @throws UsageError when the file is truncated, not a picture, or too large
   */
  read(index: number, admit?: Admit): Promise<Picture>;
}

/**
 * Equally sized pictures in one store, which a worker thread reads without a copy. Rows of numbers are kept the same way: each
 * is float32 [width], with a height of 1 and one channel.
 */
export interface Pictures {
  /** Said where the rows are numbers, and no pictures. */
  readonly kind?: "numbers";
  /** [count, height, width, channels]: shared memory, or a file. */
  readonly store: PixelStore;
  /** [count], over a SharedArrayBuffer. */
  readonly labels: Int32Array;
  /** [count], where the source gives weights. */
  readonly weights?: Float32Array;
  /** [count, classes], where the source gives targets. */
  readonly targets?: Float32Array;
  readonly paths: readonly string[];
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/** Indices into `Pictures` for each purpose, disjoint; together all of them, unless a split file leaves some out. */
export type Split = Readonly<Record<SplitName, Int32Array>>;

/** Everything that training needs to know about data. */
export interface Dataset {
  readonly source: Source;
  readonly classes: readonly string[];
  readonly pictures: Pictures;
  readonly split: Split;
  /** Pictures that are judged beside the test pictures: the data's own test split, where a fold is tested. */
  readonly apart?: Int32Array;
  /** Files that were listed but could not be read; they stay where they are. */
  readonly skipped: readonly Skipped[];
  readonly notes: readonly string[];
}

/** Any picture to one of the wanted size: uint8 in [height, width, 3 or 1], uint8 out [size, size, channels]. */
export type Geometry = (picture: Picture) => Promise<Uint8Array>;
