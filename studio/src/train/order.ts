import type { TrainOptions } from "../../../src/experiment/index.ts";
import type { WebDevice } from "../../../src/runtime/web/index.ts";
import type { NamedPicture } from "./pictures.ts";
import type { PageEvent } from "./training.ts";

/** What the worker is asked to do; plain data. */
export interface Order {
  readonly pictures: "shapes" | { readonly name: string; readonly list: readonly NamedPicture[] };
  /** Without the data, which the worker opens itself. */
  readonly options: Omit<TrainOptions, "data"> & { readonly data?: never };
  readonly device: WebDevice;
  /** Address of the folder with the files of ONNX Runtime. */
  readonly ort: string;
}

/** What it answers. */
export type Told = PageEvent | { readonly type: "failed"; readonly what: string; readonly fix: string };
