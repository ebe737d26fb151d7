import type { Inspections } from "../inspection.ts";
import { FolderInspection } from "./folder-inspection.ts";
import { inside } from "./inside.ts";

/** Runs that are kept open: each may have a data set in memory and threads with its models. */
const MOST_OPEN = 3;

/** The runs of a folder; of those that were not looked at for longest the threads end. */
export function folderInspections(folder: string): Inspections {
  const open = new Map<string, FolderInspection>();
  return {
    of: async (name) => {
      const path = await inside(folder, name);
      const found = open.get(path) ?? new FolderInspection(path, name);
      open.delete(path);
      open.set(path, found);
      if (open.size > MOST_OPEN) {
        const [oldest, left] = open.entries().next().value!;
        open.delete(oldest);
        await left.close();
      }
      return found;
    },
    close: async () => {
      await Promise.all([...open.values()].map((one) => one.close()));
      open.clear();
    },
  };
}
