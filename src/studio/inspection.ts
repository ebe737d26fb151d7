import type { Correction, Sight, Walk } from "../experiment/index.ts";

/** What the page of one run begins with. What could not be read is null. */
export interface RunOverview {
  readonly name: string;
  readonly classes: readonly string[] | null;
  /** It has come to its end, as its last event says. */
  readonly finished: boolean;
  /** When something in it was last written, in milliseconds since 1970. */
  readonly changed: number;
  /** `config.yaml`, as it stands there. */
  readonly config: Readonly<Record<string, unknown>> | null;
  /** The columns of `metrics.csv` by their names, a number or null for each epoch. */
  readonly epochs: Readonly<Record<string, readonly (number | null)[]>>;
  /** `metrics.json`: figures of the finished run. */
  readonly metrics: Readonly<Record<string, unknown>> | null;
  /** The first events of their kind: of the data, of the start. */
  readonly told: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What was typed. */
  readonly commands: readonly string[];
  readonly hasReport: boolean;
}

/** Counts of one judging as triples: true class, predicted class, how many; cells of 0 are left out. */
export type Cells = readonly number[];

export interface ConfusionByEpoch {
  /** Of the validation pictures after each epoch; absent where the run has not written that down. */
  readonly validation: { readonly epochs: readonly number[]; readonly cells: readonly Cells[] } | null;
  /** Of the finished classifier, by the name of the split. */
  readonly final: readonly { readonly split: string; readonly cells: Cells }[];
}

/** Which pictures are looked for. */
export interface PictureQuery {
  /** validation, test, or declared test. */
  readonly split: string;
  /** What they were taken for after this epoch; by the finished classifier unless said. */
  readonly epoch?: number;
  /** Classes by their place. */
  readonly truth?: number;
  readonly predicted?: number;
  /** Mistakes alone. */
  readonly wrong?: boolean;
  /** Those that are marked as mislabelled alone. */
  readonly marked?: boolean;
  /** `loss`: the costliest first; `sure`: the most certain first; `data`: as they stand in the data. */
  readonly order: "loss" | "sure" | "data";
  readonly from: number;
  readonly count: number;
}

export interface FoundPicture {
  readonly path: string;
  /** Places in the list of classes; −1 for what is not in it. */
  readonly truth: number;
  readonly predicted: number;
  /** Of the predicted class, and the loss; null after an epoch, of which only the answers are kept. */
  readonly probability: number | null;
  readonly loss: number | null;
  /** What somebody says that it is; null to be left out; absent where it is not marked. */
  readonly mark?: string | null;
}

export interface FoundPictures {
  readonly total: number;
  readonly pictures: readonly FoundPicture[];
}

/** The first layer as it grew. */
export interface Templates {
  readonly kind: "templates" | "units" | "filters";
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly total: number;
  readonly shown: number;
  readonly epochs: readonly number[];
  /** Of each epoch the largest size of the weights of each unit. */
  readonly scales: readonly (readonly number[])[];
  /** Of each epoch [shown, channels, height, width] in 127ths of it, signed bytes in base64. */
  readonly values: readonly string[];
}

export interface Marks {
  readonly marks: readonly Correction[];
  /** Why nothing can be marked; null where it can. */
  readonly why: string | null;
  /** The list to train on, as a path; null before the first mark. */
  readonly manifest: string | null;
}

export interface PictureFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/** One run, looked at. */
export interface Inspection {
  overview(): Promise<RunOverview>;
  confusion(): Promise<ConfusionByEpoch>;
  pictures(query: PictureQuery): Promise<FoundPictures>;
  /** A picture of the run's data. @param side the longer side in pixels; smaller pictures stay as they are */
  picture(path: string, side: number): Promise<PictureFile>;
  /** What a picture was taken for after each epoch; null where that is not known. */
  answersOf(path: string): Promise<{ readonly epochs: readonly number[]; readonly answers: readonly number[] } | null>;
  sight(path: string, label?: string, method?: string): Promise<Sight>;
  /** @param label the class that the loss is about; the true one unless said */
  walk(path: string, label?: string): Promise<Walk>;
  templates(): Promise<Templates | null>;
  marks(): Promise<Marks>;
  /** @param label null to leave it out; undefined for no mark */
  mark(path: string, label: string | null | undefined): Promise<Marks>;
}

/** Every run of a folder, by its name. */
export interface Inspections {
  /** @throws Problem 404 where there is no such run */
  of(name: string): Promise<Inspection>;
  close(): Promise<void>;
}
