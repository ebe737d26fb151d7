/** Pictures that a file is proven on unless said. */
export const GOLDEN_PICTURES = 100;

export interface ExportOptions {
  /** The folder to write; `export` in the run folder unless said. */
  readonly out?: string;
  /** Pictures to prove the file on: 100, or all that the run held out where they are fewer, unless said. */
  readonly pictures?: number;
  /** Write `model.int8.onnx`, too: weights as bytes, with the accuracy before and after. */
  readonly quantize?: "int8";
  /**
   * Give the model a threshold for "unknown", calibrated on the run's validation pictures: of the right answers at most this share
   * is turned away. What the run was trained with, unless said.
   */
  readonly unknown?: number;
  /** Write `web/`, too: a page that classifies pictures in a browser, with the int8 model where there is one. */
  readonly web?: boolean;
  /** Write `training/`, too: the run's training step as ONNX graphs, with the state to begin with and notes. */
  readonly training?: boolean;
  /** Where the run's data lie now, when they were moved. */
  readonly data?: string;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number; readonly what: string }) => void;
  readonly signal?: AbortSignal;
}
