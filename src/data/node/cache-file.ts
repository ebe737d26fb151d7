/**
 * One file of decoded pictures: a header of 4096 bytes, the rows in the order of the source, then a table in JSON with what
 * was read, and a checksum (CRC-32) for each block of rows. The header is written last and holds a checksum of itself, so a
 * file whose writing was cut short has none. Numbers are little-endian.
 *
 * Header: 0 magic, 8 version, 12 bytes of a row, 16 count of rows, 20 bytes of a block, 24 place of the table (float64), 32
 * its bytes, 36 its checksum, 40 fingerprint (32 bytes), 72 checksum of bytes 0 to 71.
 */
import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { FactCounts } from "../facts.ts";
import type { ReadRows } from "../load.ts";

const MAGIC = "ARGMINPX";
const VERSION = 1;
/** Bytes in front of the first row: a page, so that rows of 4096 bytes lie on pages. */
export const ROWS_AT = 4096;
const SIGNED = 72;
/** Enough that a read costs more than its call, few enough that Ctrl-C is heard between two. */
const BLOCK_BYTES = 2 ** 22;

/** What a file must be to be of use. */
export interface CacheKey {
  /** 32 bytes: what the rows follow from, and nothing else. */
  readonly fingerprint: Uint8Array;
  readonly count: number;
  /** Bytes of one picture. */
  readonly row: number;
}

interface Table {
  readonly failures: readonly (readonly [number, string])[];
  readonly facts: FactCounts;
  readonly checksums: readonly number[];
}

/** A file that is not what it should be; `message` says why, for a note. */
export class DamagedCache extends Error {}

/** Lets timers, signals and progress through between two blocks. */
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Reads exactly so many bytes, or says that the file is too short. */
function readAt(file: number, into: Uint8Array, position: number): void {
  for (let done = 0; done < into.length; ) {
    const got = readSync(file, into, done, into.length - done, position + done);
    if (got === 0) throw new DamagedCache("it is too short");
    done += got;
  }
}

/** Goes over all rows, block by block, each into its place in `pixels` where there is one. */
async function overBlocks(
  file: number,
  { count, row }: CacheKey,
  pixels: Uint8Array | undefined,
  signal: AbortSignal | undefined,
  visit: (block: Uint8Array, index: number) => void,
): Promise<void> {
  const bytes = count * row;
  const own = pixels === undefined ? new Uint8Array(Math.min(BLOCK_BYTES, bytes)) : undefined;
  for (let from = 0, index = 0; from < bytes; from += BLOCK_BYTES, index++) {
    signal?.throwIfAborted();
    const length = Math.min(BLOCK_BYTES, bytes - from);
    const block = pixels?.subarray(from, from + length) ?? own!.subarray(0, length);
    readAt(file, block, ROWS_AT + from);
    visit(block, index);
    await breathe();
  }
}

/** Makes room for the rows of a new file; what is not written reads as 0. */
export async function createRows(path: string, { count, row }: Pick<CacheKey, "count" | "row">): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.truncate(ROWS_AT + count * row);
  } finally {
    await file.close();
  }
}

/**
 * Completes a file whose rows are all written: checksums, table, header, and then the disk is told to keep it.
 * @param pixels where the rows are wanted in memory, too: [count · row]
 */
export async function sealRows(
  path: string,
  key: CacheKey,
  { failures, facts }: ReadRows,
  pixels?: Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  const file = openSync(path, "r+");
  try {
    const checksums: number[] = [];
    await overBlocks(file, key, pixels, signal, (block) => checksums.push(crc32(block)));
    const table = Buffer.from(JSON.stringify({ failures: [...failures], facts, checksums } satisfies Table));
    const tableAt = ROWS_AT + key.count * key.row;
    const header = Buffer.alloc(ROWS_AT);
    header.write(MAGIC, 0, "latin1");
    header.writeUInt32LE(VERSION, 8);
    header.writeUInt32LE(key.row, 12);
    header.writeUInt32LE(key.count, 16);
    header.writeUInt32LE(BLOCK_BYTES, 20);
    header.writeDoubleLE(tableAt, 24);
    header.writeUInt32LE(table.length, 32);
    header.writeUInt32LE(crc32(table), 36);
    header.set(key.fingerprint, 40);
    header.writeUInt32LE(crc32(header.subarray(0, SIGNED)), SIGNED);
    writeWhole(file, table, tableAt);
    writeWhole(file, header, 0);
  } finally {
    closeSync(file);
  }
  const whole = await open(path, "r+");
  try {
    await whole.sync();
  } finally {
    await whole.close();
  }
}

/** A write may take fewer bytes than it was given. */
export function writeWhole(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, position + done);
}

/**
 * Looks at every byte of a file, and reads the rows into memory where they are wanted there.
 * @returns what was read when the file was made
 * @throws DamagedCache when anything is not as it was written, or it belongs to something else
 */
export async function openRowsFile(
  path: string,
  key: CacheKey,
  pixels?: Uint8Array,
  signal?: AbortSignal,
): Promise<ReadRows> {
  const file = openSync(path, "r");
  try {
    const table = readTable(file, key);
    await overBlocks(file, key, pixels, signal, (block, index) => {
      if (crc32(block) !== table.checksums[index]) throw new DamagedCache(`a checksum in block ${index} is wrong`);
    });
    return { failures: new Map(table.failures), facts: table.facts };
  } finally {
    closeSync(file);
  }
}

function readTable(file: number, { fingerprint, count, row }: CacheKey): Table {
  const header = Buffer.alloc(ROWS_AT);
  readAt(file, header, 0);
  if (header.toString("latin1", 0, 8) !== MAGIC) throw new DamagedCache("it does not begin as one");
  if (header.readUInt32LE(8) !== VERSION) throw new DamagedCache(`it is of version ${header.readUInt32LE(8)}`);
  if (crc32(header.subarray(0, SIGNED)) !== header.readUInt32LE(SIGNED)) throw new DamagedCache("its header is wrong");
  const tableAt = header.readDoubleLE(24);
  const length = header.readUInt32LE(32);
  const same = header.readUInt32LE(12) === row && header.readUInt32LE(16) === count;
  const own = header.subarray(40, 72).equals(fingerprint) && header.readUInt32LE(20) === BLOCK_BYTES;
  if (!same || !own) throw new DamagedCache("it is of other pictures");
  if (fstatSync(file).size !== tableAt + length) throw new DamagedCache("its length is wrong");
  const table = Buffer.alloc(length);
  readAt(file, table, tableAt);
  if (crc32(table) !== header.readUInt32LE(36)) throw new DamagedCache("its table is wrong");
  return JSON.parse(table.toString("utf8")) as Table;
}
