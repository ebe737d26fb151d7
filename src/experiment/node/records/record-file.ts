/**
 * A file of equally long records, one an epoch, which stays small however long a run is: a line of JSON with what holds for
 * all of them, then the records, each the number of its epoch (uint32, little-endian) and its bytes.
 */
import { open, readFile } from "node:fs/promises";
import { VERSION } from "../../../core/index.ts";
import { explainWrite, writeAtomic } from "../atomic-file.ts";

/** Bytes of the number of the epoch. */
const NUMBER = 4;

export interface Records {
  /** What the first line says. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Of the records, ascending. */
  readonly epochs: readonly number[];
  /** The bytes of one of them, by its place in `epochs`. */
  record(place: number): Uint8Array;
}

const headerOf = (facts: object, size: number) =>
  new TextEncoder().encode(`${JSON.stringify({ argmin: VERSION, record: size, ...facts })}\n`);

function recordOf(epoch: number, bytes: Uint8Array): Uint8Array {
  const record = new Uint8Array(NUMBER + bytes.length);
  new DataView(record.buffer).setUint32(0, epoch, true);
  record.set(bytes, NUMBER);
  return record;
}

/**
 * The records of a file, also while it is written to: a record that is not whole yet is none.
 * @returns undefined where there is no such file, or one that is none
 */
export async function readRecords(path: string): Promise<Records | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  const end = bytes?.indexOf(10) ?? -1;
  if (bytes === undefined || end < 0) return undefined;
  let facts: Record<string, unknown>;
  try {
    facts = JSON.parse(bytes.toString("utf8", 0, end));
  } catch {
    return undefined;
  }
  const size = facts?.record;
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 1) return undefined;
  const at = (place: number) => end + 1 + place * (NUMBER + size);
  const epochs: number[] = [];
  for (let place = 0; at(place + 1) <= bytes.length; place++) {
    const epoch = bytes.readUInt32LE(at(place));
    // While it is thinned or replaced a reader may see both; from the first that does not ascend on it is not to be trusted.
    if (epochs.length > 0 && epoch <= epochs.at(-1)!) break;
    epochs.push(epoch);
  }
  return { facts, epochs, record: (place) => bytes.subarray(at(place) + NUMBER, at(place + 1)) };
}

/**
 * Writes such a file. Up to `most` records are kept: beyond that every second one goes, so that those which stay are evenly far
 * apart, and the newest is always there.
 */
export class RecordFile {
  readonly #path: string;
  readonly #header: Uint8Array;
  readonly #size: number;
  readonly #most: number;
  readonly #epochs: number[];
  #stride: number;
  /** The header is on the disk. */
  #begun: boolean;

  private constructor(path: string, header: Uint8Array, size: number, most: number, epochs: number[]) {
    this.#path = path;
    this.#header = header;
    this.#size = size;
    this.#most = most;
    this.#epochs = epochs;
    // The newest may lie off the stride; it tells of it only where there are no others.
    this.#stride = epochs.length > 2 ? epochs[1] - epochs[0] : 1;
    this.#begun = epochs.length > 0;
  }

  /**
   * @param facts plain data, the same for a run that goes on
   * @param size bytes of a record
   * @param after the last epoch that counts where a file is there already; of others the records go
   */
  static async open(path: string, facts: object, size: number, most: number, after: number): Promise<RecordFile> {
    const header = headerOf(facts, size);
    const found = after < 0 ? undefined : await readRecords(path);
    const same = found !== undefined && Buffer.compare(headerOf(found.facts, size), header) === 0;
    const places = same ? found.epochs.flatMap((epoch, place) => (epoch <= after ? [place] : [])) : [];
    const file = new RecordFile(
      path,
      header,
      size,
      most,
      places.map((place) => found!.epochs[place]),
    );
    if (found !== undefined && places.length < found.epochs.length) await file.#rewrite(places, found);
    return file;
  }

  async #rewrite(places: readonly number[], { epochs, record }: Records): Promise<void> {
    const records = places.map((place) => recordOf(epochs[place], record(place)));
    await writeAtomic(this.#path, [this.#header, ...records]);
    this.#begun = true;
  }

  #isOff(epoch: number): boolean {
    return (epoch - this.#epochs[0]) % this.#stride !== 0;
  }

  /** @param bytes as many as were said */
  async write(epoch: number, bytes: Uint8Array): Promise<void> {
    const epochs = this.#epochs;
    if (!this.#begun) await writeAtomic(this.#path, this.#header);
    this.#begun = true;
    // An epoch that is judged again replaces its record, and so does any one that lies off the stride.
    while (epochs.length > 0 && (epochs.at(-1)! >= epoch || this.#isOff(epochs.at(-1)!))) epochs.pop();
    const place = epochs.length;
    epochs.push(epoch);
    const position = this.#header.length + place * (NUMBER + this.#size);
    try {
      const file = await open(this.#path, "r+");
      try {
        await file.truncate(position);
        await file.write(recordOf(epoch, bytes), 0, NUMBER + this.#size, position);
      } finally {
        await file.close();
      }
    } catch (error) {
      throw explainWrite(this.#path, error);
    }
    if (epochs.length > this.#most) await this.#thin();
  }

  async #thin(): Promise<void> {
    this.#stride *= 2;
    const records = (await readRecords(this.#path))!;
    const places = this.#epochs.flatMap((epoch, place) =>
      !this.#isOff(epoch) || place === this.#epochs.length - 1 ? [place] : [],
    );
    const kept = places.map((place) => this.#epochs[place]);
    this.#epochs.splice(0, this.#epochs.length, ...kept);
    await this.#rewrite(places, records);
  }
}
