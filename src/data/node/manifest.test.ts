import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSource } from "./open-source.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "argmin-manifest-"));
  await mkdir(join(root, "photos/sub"), { recursive: true });
  const picture = (channels: 1 | 3) =>
    sharp({ create: { width: 5, height: 3, channels: 3, background: { r: 9, g: 9, b: 9 } } })
      .toColourspace(channels === 1 ? "b-w" : "srgb")
      .png()
      .toBuffer();
  for (const name of ["1", "2", "3", "a, b"]) await writeFile(join(root, `photos/${name}.png`), await picture(1));
  await writeFile(join(root, "photos/sub/4.png"), await picture(3));
});
afterAll(() => rm(root, { recursive: true, force: true }));

let count = 0;
async function list(content: string | Uint8Array, ending = "csv"): Promise<string> {
  const path = join(root, `list-${count++}.${ending}`);
  await writeFile(path, content);
  return path;
}
const read = async (content: string | Uint8Array, ending?: string) => {
  const source = await openSource(await list(content, ending));
  const rows = source.paths.map((path, i) => [path, source.classes[source.labels[i]!], source.declared[i] ?? "-"]);
  return rows.map((row) => row.join(":"));
};
const plain = ["photos/1.png:cat:-", "photos/2.png:dog:-"];

describe("a list of pictures", () => {
  test("path, label, split, group", async () => {
    const path = await list(
      'path,label,split,group\nphotos/1.png,cat,train,g1\n"photos/a, b.png","the ""dog""",,g1\nphotos/3.png,cat,Valid,\n',
    );
    const source = await openSource(path);
    expect(source).toMatchObject({
      kind: "manifest",
      name: path,
      classes: ["cat", 'the "dog"'],
      paths: ["photos/1.png", "photos/a, b.png", "photos/3.png"],
      declared: ["train", undefined, "validation"],
      groups: ["g1", "g1", "photos/3.png"],
      notes: [],
    });
    expect([...source.labels]).toEqual([0, 1, 0]);
    for (const index of [0, 1, 2]) expect(await source.read(index)).toMatchObject({ height: 3, width: 5 });
  });

  test.each<[string, string | Uint8Array, string?]>([
    ["LF", "path,label\nphotos/1.png,cat\nphotos/2.png,dog\n"],
    [
      "CRLF, a byte-order mark, spaces, empty lines",
      "\ufeffpath, label\r\nphotos/1.png, cat\r\n\r\nphotos/2.png , dog",
    ],
    ["tabs", "path\tlabel\nphotos/1.png\tcat\nphotos/2.png\tdog\n", "tsv"],
    ["semicolons", "path;label\nphotos/1.png;cat\nphotos/2.png;dog\n"],
    ["UTF-16", Buffer.from("\ufeffpath\tlabel\nphotos/1.png\tcat\nphotos/2.png\tdog\n", "utf16le"), "TSV"],
    ["another order, other names", "Class,Set,Image\ncat,,photos/1.png\ndog,,photos/2.png\n"],
    ["no header", "photos/1.png,cat\nphotos/2.png,dog\n"],
    ["backslashes, ./ and ..", "path,label\nphotos\\1.png,cat\n./photos/sub/../2.png,dog\n"],
    ["a line twice", "path,label\nphotos/1.png,cat\nphotos/2.png,dog\nphotos/1.png,cat\n"],
  ])("%s", async (_, content, ending) => {
    expect(await read(content, ending)).toEqual(plain);
  });

  test("further columns are passed over, with a note; without a group there are none", async () => {
    const source = await openSource(await list("id,path,label,width\n7,photos/1.png,a,5\n8,photos/2.png,b,5\n"));
    expect(source.notes).toEqual(["Columns that were passed over: id, width"]);
    expect(source.groups).toBeUndefined();
  });

  test("a file that is missing is its own affair, when it is read", async () => {
    const source = await openSource(await list("path,label\nphotos/1.png,a\nphotos/gone.png,b\n"));
    await expect(source.read(1)).rejects.toMatchObject({ where: "photos/gone.png", what: "the file does not exist" });
  });

  test("grey when every picture is, by the headers", async () => {
    const grey = await openSource(await list("path,label\nphotos/1.png,a\nphotos/2.png,b\nphotos/gone.png,b\n"));
    expect(await grey.isGrey!()).toBe(true);
    const mixed = await openSource(await list("path,label\nphotos/1.png,a\nphotos/2.png,b\nphotos/sub/4.png,b\n"));
    expect(await mixed.isGrey!()).toBe(false);
    const none = await openSource(await list("path,label\nphotos/x.png,a\nphotos/gone.png,b\n"));
    expect(await none.isGrey!()).toBe(false);
  });
});

describe("refused, with the line", () => {
  test.each<[string, string | Uint8Array, string]>([
    ["an empty file", "", ".csv: it is empty; write path,label and a line"],
    ["a header alone", "path,label\n", ".csv: it lists no picture"],
    ["no label column", "path,kind\na.png,b\n", '.csv: no column is called label; its first line is "path", "kind"'],
    ["one column", "a.png\nb.png\n", ".csv, line 1: it has no label"],
    ["two columns for one thing", "path,file,label\na,b,c\n", "line 1: columns path and file both say the path"],
    ["an empty label", "path,label\nphotos/1.png,a\nphotos/2.png,\n", ", line 3: photos/2.png has no label"],
    ["an empty path", "path,label\n,a\n", ", line 2: its path is empty"],
    ["an address", "path,label\nhttps://x.org/1.png,a\n", ", line 2: https://x.org/1.png is an address; download"],
    ["an unknown split", "path,label,split\na.png,a,later\n", ', line 2: there is no split "later"; write train,'],
    [
      "a field too many",
      "path,label\n\na.png,a\nb, c.png,b\n",
      ", line 4: it has 3 fields, the first line has 2; quote",
    ],
    ["an open quotation mark", 'path,label\na.png,a\n"b.png,b\n', "a quotation mark is never closed"],
    ["two labels", "path,label\na.png,a\n./a.png,b\n", ", line 3: a.png is b here and a in line 2; keep the right"],
    [
      "two splits",
      "path,label,split\na.png,a,test\na.png,a,\n",
      "line 3: a.png is of no split here and test in line 2",
    ],
    ["one class", "path,label\na.png,a\nb.png,a\n", "it holds one class only, a (2 pictures); add pictures"],
    [
      "a class that nothing trains",
      "path,label,split\na.png,a,\nb.png,b,\nc.png,c,test\n",
      "class c is in test (c.png)",
    ],
    ["Latin-1", Buffer.from("path,label\na.png,caf\xe9\n", "latin1"), ".csv: it is not UTF-8; save it as UTF-8"],
  ])("%s", async (_, content, message) => {
    const opened = openSource(await list(content));
    await expect(opened).rejects.toThrow(message);
    await expect(opened).rejects.toMatchObject({ exitCode: 1 });
  });

  test("a depth", async () => {
    const path = await list("path,label\na.png,a\nb.png,b\n");
    await expect(openSource(path, { depth: 1 })).rejects.toMatchObject({ where: "depth", exitCode: 2 });
  });
});
