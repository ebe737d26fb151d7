/** Data from disk: needs Node and the image decoder. */
export { type CacheFacts, cacheFacts, cacheFolder } from "./cache.ts";
export { type ContactSheet, contactSheet, type SheetRequest } from "./contact-sheet.ts";
export { decodePicture, decoderVersion, factsOfFile, LIMIT_PIXELS } from "./decode.ts";
export { type DecodeStart, type DecodeThread, serveDecoding } from "./decode-pool.ts";
export { promisedFormat } from "./file-format.ts";
export { folderSource } from "./folder.ts";
export { idxSource } from "./idx.ts";
export { isManifest } from "./manifest.ts";
export { MOSAIC_PICTURES, mosaicPng } from "./mosaic.ts";
export { alignFeatures, isNumbers, numbersFormat, unlabelledRows } from "./numbers.ts";
export { type OpenedRows, openRows } from "./open-rows.ts";
export { type OpenOptions, openSource } from "./open-source.ts";
export { encodePng } from "./png.ts";
export { type Scan, scanFolder } from "./scan.ts";
export {
  groupingOf,
  notesOnBalance,
  readSplitFile,
  type SplitResult,
  type Splittable,
  splitPictures,
} from "./split-pictures.ts";
export { type StoreOptions, storedPixels, usableMemory } from "./stored-pixels.ts";
export { thumbnail } from "./thumbnail.ts";
