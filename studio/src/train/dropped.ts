/** Files that are dropped on the page, or chosen as a folder, with the paths that they have there. */
export interface FoundFile {
  readonly path: string;
  readonly blob: Blob;
}

/** A folder that was chosen in the browser's own window. */
export const chosenFiles = (files: Iterable<File>): FoundFile[] =>
  Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, blob: file }));

/** Everything below what was dropped. Must be called while the drop is handled: afterwards the browser forgets its items. */
export function droppedFiles(items: DataTransferItemList): Promise<FoundFile[]> {
  const entries = Array.from(items).flatMap((item) => item.webkitGetAsEntry() ?? []);
  return Promise.all(entries.map((entry) => below(entry))).then((found) => found.flat());
}

async function below(entry: FileSystemEntry): Promise<FoundFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ path: entry.fullPath.replace(/^\//, ""), blob: file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: FoundFile[] = [];
  for (;;) {
    // A hundred at a time, until it gives none.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    for (const one of some) found.push(...(await below(one)));
  }
}
