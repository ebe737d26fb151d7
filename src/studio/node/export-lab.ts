import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UsageError } from "../../core/index.ts";
import { webRuntime } from "../../runtime/node/index.ts";
import { pageFolder } from "./page-files.ts";

/**
 * Writes the Lab into a folder of its own: its page as index.html and what that page loads, now or later. All addresses in it
 * are relative, so the folder works from wherever a host puts it.
 * @throws UsageError where the page was not built, or the folder holds something else already
 */
export async function exportLab(
  folder: string,
  built = pageFolder(),
): Promise<{ readonly files: number; readonly bytes: number }> {
  if (!existsSync(join(built, "lab.html"))) {
    throw new UsageError(built, "the Lab's page is not there", "build it: node bin/build-studio.js", 1);
  }
  if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(join(folder, "assets"))) {
    throw new UsageError("--export-lab", `${folder} is not empty`, "name a folder that is new or empty");
  }
  const page = (await readFile(join(built, "lab.html"), "utf8")).replace("<html ", "<html data-alone ");
  const wanted = new Map<string, Uint8Array>([["index.html", new TextEncoder().encode(page)]]);
  const assets = readdirSync(join(built, "assets"));
  // A file is needed when one that is needed says its name; names hold a hash, so no text says one by chance.
  const texts = [page];
  for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
    for (const name of assets) {
      if (wanted.has(`assets/${name}`) || !text.includes(name)) continue;
      const bytes = new Uint8Array(await readFile(join(built, "assets", name)));
      wanted.set(`assets/${name}`, bytes);
      if (/\.(js|css)$/.test(basename(name))) texts.push(new TextDecoder().decode(bytes));
    }
  }
  // Lessons that train load ONNX Runtime from beside the page, when they are told to train.
  for (const path of webRuntime().files) wanted.set(`ort/${basename(path)}`, new Uint8Array(await readFile(path)));
  let total = 0;
  for (const [name, bytes] of wanted) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    total += bytes.length;
  }
  return { files: wanted.size, bytes: total };
}
