/** Data from disk: needs Node and the image decoder. */
export { decodePicture, decoderVersion, factsOfFile } from "./decode.ts";
export { promisedFormat } from "./file-format.ts";
export { folderSource } from "./folder.ts";
export { idxSource } from "./idx.ts";
export { type OpenedRows, openRows } from "./open-rows.ts";
export { openSource } from "./open-source.ts";
