/** `answers.bin`: what each validation picture was taken for, epoch by epoch. */
import { join } from "node:path";
import type { Plan } from "../../../train/index.ts";
import { RecordFile, readRecords } from "./record-file.ts";

const FILE = "answers.bin";
/** Of the whole file; so many epochs are kept as fit in it. */
const LARGEST = 2 ** 22;
const MOST = 1000;
const FEWEST = 16;
/** Of more pictures nothing is kept. */
const MOST_PICTURES = 2 ** 18;

type Classes = Uint8Array | Uint16Array;
const bytesOf = ({ buffer, byteOffset, byteLength }: Classes) => new Uint8Array(buffer, byteOffset, byteLength);

/** What the validation pictures of a run were taken for. */
export interface AnswersByEpoch {
  /** Of each validation picture, in the order of `split.json`. */
  readonly truth: Classes;
  readonly epochs: readonly number[];
  /** Of one epoch, by its place in `epochs`. */
  answers(place: number): Classes;
}

/** @param after the last epoch that counts, −1 where the run begins */
export async function openAnswers(
  folder: string,
  { validation, pictures, classes }: Pick<Plan, "validation" | "pictures" | "classes">,
  after: number,
): Promise<RecordFile | undefined> {
  const count = validation.length;
  if (count === 0 || count > MOST_PICTURES) return undefined;
  const labels = validation.map((index) => pictures.labels[index]);
  const truth = classes <= 256 ? Uint8Array.from(labels) : Uint16Array.from(labels);
  const facts = { classes, pictures: count, truth: Buffer.from(bytesOf(truth)).toString("base64") };
  const most = Math.min(MOST, Math.max(FEWEST, Math.floor(LARGEST / truth.byteLength)));
  return await RecordFile.open(join(folder, FILE), facts, truth.byteLength, most, after);
}

export const writeAnswers = (file: RecordFile, epoch: number, answers: Classes) => file.write(epoch, bytesOf(answers));

/** @returns undefined where a run has none, or its file is damaged */
export async function readAnswers(folder: string): Promise<AnswersByEpoch | undefined> {
  const records = await readRecords(join(folder, FILE));
  const { classes, pictures, truth, record: size } = records?.facts ?? {};
  if (records === undefined || typeof classes !== "number" || typeof truth !== "string") return undefined;
  const width = classes <= 256 ? 1 : 2;
  // A copy, so that two-byte numbers are aligned.
  const numbers = (bytes: Uint8Array): Classes => {
    const own = Uint8Array.from(bytes);
    return width === 1 ? own : new Uint16Array(own.buffer);
  };
  const known = Buffer.from(truth, "base64");
  const fits = known.length === size && pictures === known.length / width;
  if (!fits) return undefined;
  const sound = (values: Classes) => values.every((value) => value < classes);
  const labels = numbers(known);
  if (!sound(labels)) return undefined;
  const answers = (place: number) => numbers(records.record(place));
  const damaged = records.epochs.findIndex((_, place) => !sound(answers(place)));
  const epochs = damaged < 0 ? records.epochs : records.epochs.slice(0, damaged);
  return { truth: labels, epochs, answers };
}
