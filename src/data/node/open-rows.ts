import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { UsageError } from "../../core/index.ts";
import { type FileStore, memoryRows, type PixelRows, rowBytes, type StoredPictures } from "../store.ts";

/** Rows that can be closed; memory needs no closing. */
export interface OpenedRows extends PixelRows {
  close(): void;
}

/**
 * Opens a store of either kind. Rows of a file are read with one call of the system for each run of neighbours, so whole
 * batches in order take one; the file's pages are the system's to keep or to drop, and no memory of ours.
 * @throws UsageError when the file cannot be opened, or ends before its last row
 */
export function openRows(pictures: StoredPictures): OpenedRows {
  const { store } = pictures;
  if (store.kind === "memory") return { ...memoryRows(pictures), close: () => {} };
  return fileRows(store, rowBytes(pictures));
}

function fileRows({ path, offset, places }: FileStore, row: number): OpenedRows {
  const lost = (what: string) => new UsageError(path, what, "start again: it is made anew from the pictures", 1);
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    throw lost(`the file of pictures cannot be opened (${(error as NodeJS.ErrnoException).code})`);
  }
  const placeOf = places === undefined ? (index: number) => index : (index: number) => places[index]!;
  return {
    row,
    read: (indices, start, count, into) => {
      for (let i = 0; i < count; ) {
        const first = placeOf(indices[start + i]!);
        let run = 1;
        while (i + run < count && placeOf(indices[start + i + run]!) === first + run) run++;
        for (let done = 0; done < run * row; ) {
          const got = readSync(file, into, i * row + done, run * row - done, offset + first * row + done);
          if (got === 0) throw lost(`the file of pictures ends at ${fstatSync(file).size} bytes, before row ${first}`);
          done += got;
        }
        i += run;
      }
    },
    close: () => closeSync(file),
  };
}
