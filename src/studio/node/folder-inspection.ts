import { stat } from "node:fs/promises";
import { join } from "node:path";
import { thumbnail } from "../../data/node/index.ts";
import {
  CORRECTED,
  correct,
  type PredictionRow,
  RunData,
  RunNetwork,
  readClasses,
  readCorrections,
  readPredictions,
  readSplit,
  unlistable,
} from "../../experiment/node/inspect/index.ts";
import { readAnswers, readTemplates } from "../../experiment/node/records/index.ts";
import { cellsOf, type Judgement, select } from "../chosen-pictures.ts";
import type { Inspection, Marks, PictureFile } from "../inspection.ts";
import { Fresh } from "./fresh.ts";
import { overviewOf } from "./run-record.ts";

/** Small pictures that are kept; each has some kilobytes. */
const MOST_KEPT = 3000;

/** A run folder, looked at. What is read is kept as long as the file that it is of stays as it is. */
export class FolderInspection implements Inspection {
  readonly #folder: string;
  readonly #name: string;
  /** As they come from the folder, each with the file that tells whether it is still true. */
  readonly #classes: Fresh<readonly string[] | undefined>;
  readonly #data: Fresh<RunData>;
  readonly #network: Fresh<RunNetwork>;
  readonly #predictions: Fresh<readonly PredictionRow[] | undefined>;
  readonly #answers: Fresh<Awaited<ReturnType<typeof readAnswers>>>;
  readonly #pictures = new Map<string, PictureFile>();
  /** Marks are written one after the other. */
  #marking: Promise<unknown> = Promise.resolve();

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
    const file = (name: string) => join(folder, name);
    this.#classes = new Fresh(file("config.yaml"), () => readClasses(folder));
    this.#data = new Fresh(file("split.json"), () => RunData.open(folder));
    this.#network = new Fresh(
      file("model.onnx"),
      () => RunNetwork.open(folder),
      (network) => network.close(),
    );
    this.#predictions = new Fresh(file("predictions.csv"), () => readPredictions(folder));
    this.#answers = new Fresh(file("answers.bin"), () => readAnswers(folder));
  }

  overview = () => overviewOf(this.#folder, this.#name);

  /** Classes by their names. */
  async #placeOf(): Promise<(name: string) => number> {
    const places = new Map((await this.#known()).map((name, place) => [name, place]));
    return (name) => places.get(name) ?? -1;
  }

  async #known(): Promise<readonly string[]> {
    return (await this.#classes.get()) ?? [];
  }

  /** What the finished classifier says of each picture of a split. */
  async #final(split?: string): Promise<(Judgement & { readonly split: string })[]> {
    const rows = (await this.#predictions.get()) ?? [];
    const placeOf = await this.#placeOf();
    const wanted = split === undefined ? rows : rows.filter((row) => row.split === split);
    return wanted.map(({ truth, predicted, ...row }) => ({
      ...row,
      truth: placeOf(truth),
      predicted: placeOf(predicted),
    }));
  }

  /** What the validation pictures were taken for after an epoch. */
  async #after(epoch: number): Promise<Judgement[]> {
    const [known, split] = await Promise.all([this.#answers.get(), readSplit(this.#folder)]);
    const place = known?.epochs.indexOf(epoch) ?? -1;
    if (known === undefined || place < 0 || split?.validation.length !== known.truth.length) return [];
    const answers = known.answers(place);
    return split.validation.map((path, i) => {
      return { path, truth: known.truth[i]!, predicted: answers[i]!, probability: null, loss: null };
    });
  }

  confusion: Inspection["confusion"] = async () => {
    const [known, final] = await Promise.all([this.#answers.get(), this.#final()]);
    const splits = [...new Set(final.map(({ split }) => split))];
    const pairs = (place: number) => {
      const answers = known!.answers(place);
      return Array.from(answers, (predicted, i) => ({ truth: known!.truth[i]!, predicted }));
    };
    return {
      validation: known ? { epochs: known.epochs, cells: known.epochs.map((_, place) => cellsOf(pairs(place))) } : null,
      final: splits.map((split) => ({ split, cells: cellsOf(final.filter((one) => one.split === split)) })),
    };
  };

  pictures: Inspection["pictures"] = async (query) => {
    const all = query.epoch === undefined ? await this.#final(query.split) : await this.#after(query.epoch);
    const marks = new Map((await readCorrections(this.#folder)).map(({ path, label }) => [path, label]));
    const { total, chosen } = select(all, query, marks);
    return {
      total,
      pictures: chosen.map(({ path, truth, predicted, probability, loss }) => ({
        ...{ path, truth, predicted, probability, loss },
        ...(marks.has(path) ? { mark: marks.get(path)! } : {}),
      })),
    };
  };

  picture: Inspection["picture"] = async (path, side) => {
    const data = await this.#data.get();
    const key = `${side} ${path}`;
    const before = this.#pictures.get(key);
    if (before !== undefined) return before;
    const [, type = "", base64 = ""] = /^data:([^;]+);base64,(.*)$/s.exec(
      await thumbnail(await data.picture(path), side),
    )!;
    const file = { bytes: Uint8Array.from(Buffer.from(base64, "base64")), type };
    if (this.#pictures.size >= MOST_KEPT) this.#pictures.delete(this.#pictures.keys().next().value!);
    this.#pictures.set(key, file);
    return file;
  };

  answersOf: Inspection["answersOf"] = async (path) => {
    const [known, split] = await Promise.all([this.#answers.get(), readSplit(this.#folder)]);
    const at = split?.validation.indexOf(path) ?? -1;
    if (known === undefined || at < 0 || at >= known.truth.length) return null;
    return { epochs: known.epochs, answers: known.epochs.map((_, place) => known.answers(place)[at]!) };
  };

  /** The network, and what it is asked about. */
  async #asked(path: string) {
    const [network, data] = await Promise.all([this.#network.get(), this.#data.get()]);
    return { network, data, example: data.source.numbers ? data.row(path) : await data.picture(path) };
  }

  sight: Inspection["sight"] = async (path, label, method) => {
    const { network, example } = await this.#asked(path);
    return await network.sight({ example }, label, method);
  };

  walk: Inspection["walk"] = async (path, label) => {
    const { network, data, example } = await this.#asked(path);
    const truth = label === undefined ? data.labelOf(path) : (await this.#placeOf())(label);
    return await network.walk({ example }, truth);
  };

  templates: Inspection["templates"] = async () => {
    const found = await readTemplates(this.#folder);
    if (found === undefined) return null;
    const { weights, ...facts } = found;
    const all = found.epochs.map((_, place) => weights(place));
    return {
      ...facts,
      scales: all.map(({ scales }) => Array.from(scales)),
      values: all.map(({ values: { buffer, byteOffset, byteLength } }) =>
        Buffer.from(buffer, byteOffset, byteLength).toString("base64"),
      ),
    };
  };

  marks: Inspection["marks"] = async (): Promise<Marks> => {
    const [marks, data, manifest] = await Promise.all([
      readCorrections(this.#folder),
      this.#data.get(),
      stat(join(this.#folder, CORRECTED)).catch(() => undefined),
    ]);
    return { marks, why: unlistable(data) ?? null, manifest: manifest ? join(this.#folder, CORRECTED) : null };
  };

  mark: Inspection["mark"] = async (path, label) => {
    const data = await this.#data.get();
    const written = this.#marking.then(() => correct(this.#folder, data, path, label));
    this.#marking = written.catch(() => {});
    await written;
    return await this.marks();
  };

  close = () => this.#network.close();
}
