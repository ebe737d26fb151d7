import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { load } from "../load.ts";
import { makeSplit } from "../split.ts";
import { openSource } from "./open-source.ts";

let root: string;
let jpeg: Buffer;
let png: Buffer;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "argmin-folder-"));
  const picture = () => sharp({ create: { width: 5, height: 3, channels: 3, background: { r: 250, g: 10, b: 10 } } });
  jpeg = await picture().jpeg().toBuffer();
  png = await picture().png().toBuffer();
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A folder with these files: a buffer or text, "" for an empty file; a path that ends in "/" is an empty folder. */
async function folder(files: Record<string, Uint8Array | string>): Promise<string> {
  const path = await mkdtemp(join(root, "data-"));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(path, name.endsWith("/") ? name : dirname(name)), { recursive: true });
    if (!name.endsWith("/")) await writeFile(join(path, name), content);
  }
  return path;
}

describe("a folder of pictures", () => {
  test("extensions in any case, leftovers in silence, other pictures with a reason", async () => {
    const path = await folder({
      "b/2.JPG": jpeg,
      "b/10.jpeg": jpeg,
      "a/x.PNG": png,
      "a/y.jfif": jpeg,
      "a/.hidden.jpg": jpeg,
      "a/._x.PNG": "",
      "a/Thumbs.db": "",
      "a/readme.txt": "",
      "__MACOSX/a/x.png": "",
      ".git/a.png": png,
      "b/old.bmp": "BM",
      "b/phone.HEIC": "",
      "empty/": "",
    });
    const source = await openSource(path);
    expect(source.kind).toBe("folder");
    expect(source.paths).toEqual(["a/x.PNG", "a/y.jfif", "b/10.jpeg", "b/2.JPG"]);
    expect([...source.labels]).toEqual([0, 0, 1, 1]);
    expect(source.skipped).toEqual([
      { path: "b/old.bmp", reason: "BMP, which cannot be decoded here" },
      { path: "b/phone.HEIC", reason: "HEIC, which cannot be decoded here" },
    ]);
    expect(source.notes).toEqual(["Empty folders, which name no class: empty"]);
    expect(await source.read(0)).toMatchObject({ height: 3, width: 5, channels: 3 });
  });

  test("paths are in code-unit order, which is not the order of the walk", async () => {
    const source = await openSource(await folder({ "a/1.jpg": jpeg, "a b/1.jpg": jpeg, "B/1.jpg": jpeg }));
    expect(source.paths).toEqual(["B/1.jpg", "a b/1.jpg", "a/1.jpg"]);
  });

  test("links inside the folder are followed, others reported; a circle ends", async () => {
    const path = await folder({ "a/1.jpg": jpeg, "b/1.jpg": jpeg, "pool/more/2.jpg": jpeg });
    await symlink(join(path, "pool/more/2.jpg"), join(path, "a/2.jpg"));
    await symlink(join(path, "pool/more"), join(path, "b/more"));
    await symlink("/etc/hostname", join(path, "a/out.jpg"));
    await symlink(join(path, "gone.jpg"), join(path, "a/gone.jpg"));
    await symlink(path, join(path, "b/circle.d"));
    const source = await openSource(path);
    expect(source.paths).toEqual(["a/1.jpg", "a/2.jpg", "b/1.jpg", "b/more/2.jpg", "pool/more/2.jpg"]);
    expect(source.skipped).toEqual([
      { path: "a/gone.jpg", reason: "a link to nothing" },
      { path: "a/out.jpg", reason: "a link out of the folder" },
      { path: "b/circle.d", reason: "a link to a folder that holds it" },
    ]);
  });

  test("a pipe is passed over with a reason, and so is a link to one; a loop of links ends", async () => {
    const path = await folder({ "a/1.jpg": jpeg, "b/1.jpg": jpeg });
    execFileSync("mkfifo", [join(path, "a/pipe.jpg"), join(path, "a/log")]);
    await symlink(join(path, "a/pipe.jpg"), join(path, "b/link.jpg"));
    await symlink(join(path, "a/y.jpg"), join(path, "a/x.jpg"));
    await symlink(join(path, "a/x.jpg"), join(path, "a/y.jpg"));
    const source = await openSource(path);
    expect(source.paths).toEqual(["a/1.jpg", "b/1.jpg"]);
    expect(source.skipped).toEqual([
      { path: "a/pipe.jpg", reason: "a pipe, socket or device, not a picture" },
      { path: "a/x.jpg", reason: "a link that leads in a circle" },
      { path: "a/y.jpg", reason: "a link that leads in a circle" },
      { path: "b/link.jpg", reason: "a pipe, socket or device, not a picture" },
    ]);
  });

  test("folders to any depth", async () => {
    const deep = Array.from({ length: 120 }, (_, i) => `d${i}`).join("/");
    const source = await openSource(await folder({ [`${deep}/1.jpg`]: jpeg, "b/1.jpg": jpeg }));
    expect(source.classes).toEqual(["b", deep]);
    const cut = await openSource(await folder({ [`${deep}/1.jpg`]: jpeg, "b/1.jpg": jpeg }), { depth: 2 });
    expect(cut.classes).toEqual(["b", "d0/d1"]);
  });

  test("names in any script, with any letter that a name can have", async () => {
    const names = [
      "汉字",
      "🦊 fox",
      "שלום",
      'it\'s "quoted"',
      "two\nlines",
      " space ",
      "back\\slash",
      "a%20b&c;d",
      "né",
    ];
    const files = Object.fromEntries(names.map((name) => [`${name}/${name}.jpg`, jpeg]));
    const source = await openSource(await folder(files));
    expect(new Set(source.classes)).toEqual(new Set(names));
    for (const index of source.paths.keys()) expect(await source.read(index)).toMatchObject({ width: 5 });
  });

  test("grey when every picture is, whatever cannot be read", async () => {
    const grey = await sharp(jpeg).toColourspace("b-w").png().toBuffer();
    const files = { "a/1.png": grey, "a/2.png": "", "b/1.png": grey };
    expect(await (await openSource(await folder(files))).isGrey!()).toBe(true);
    expect(await (await openSource(await folder({ ...files, "b/2.png": png }))).isGrey!()).toBe(false);
  });

  test("bad files never stop a run: empty, text, truncated", async () => {
    const path = await folder({
      "a/1.jpg": jpeg,
      "a/2.jpg": jpeg,
      "a/3.jpg": "",
      "b/1.jpg": jpeg,
      "b/2.jpg": "not a picture at all",
      "b/3.jpg": jpeg.subarray(0, jpeg.length - 20),
      "b/4.png": png,
    });
    const geometry = async () => new Uint8Array(3);
    const { pictures, skipped } = await load(await openSource(path), { size: 1, geometry });
    expect(pictures.paths).toEqual(["a/1.jpg", "a/2.jpg", "b/1.jpg", "b/4.png"]);
    expect(skipped).toEqual([
      { path: "a/3.jpg", reason: "empty file" },
      { path: "b/2.jpg", reason: 'not a picture (starts with "not a pictur")' },
      { path: "b/3.jpg", reason: "truncated JPEG" },
    ]);
  });
});

describe("refuses", () => {
  test.each<[string, Record<string, Uint8Array | string>, string]>([
    ["an empty folder", {}, "the folder is empty; give a folder with one folder of pictures"],
    [
      "a folder of something else",
      { "a.csv": "", "b.csv": "", LICENSE: "" },
      "no pictures; its files are: 2 .csv, 1 without an ext",
    ],
    ["a folder of BMP", { "a/1.bmp": "" }, "no pictures; its files are: 1 such as a/1.bmp (BMP, which cannot"],
  ])("%s", async (_, files, message) => {
    const error = openSource(await folder(files));
    await expect(error).rejects.toThrow(message);
    await expect(error).rejects.toMatchObject({ exitCode: 1 });
  });

  test("one class", async () => {
    await expect(openSource(await folder({ "a/1.jpg": jpeg, "a/2.jpg": jpeg }))).rejects.toThrow(
      "one class only, a (2 pict",
    );
  });

  test("a class that nothing trains", async () => {
    const path = await folder({ "train/a/1.jpg": jpeg, "train/b/1.jpg": jpeg, "test/c/1.jpg": jpeg });
    await expect(openSource(path)).rejects.toThrow(
      "class c is in test (test/c/1.jpg) but not in train, which has a, b",
    );
  });

  test("a class of BMP", async () => {
    const path = await folder({ "a/1.jpg": jpeg, "b/1.jpg": jpeg, "c/1.bmp": "BM" });
    await expect(openSource(path)).rejects.toThrow("class c has 1 file, of which none can be decoded (c/1.bmp, …)");
  });

  test("names that lead nowhere, and suggests one that does", async () => {
    const path = await folder({ "photos/a/1.jpg": jpeg, "file.jpg": jpeg });
    const wrong = join(path, "fotos");
    await expect(openSource(wrong)).rejects.toMatchObject({
      where: wrong,
      what: "it does not exist",
      fix: `did you mean "${join(path, "photos")}"?`,
      exitCode: 2,
    });
    await expect(openSource("shapes")).rejects.toThrow('did you mean "builtin:shapes"?');
    await expect(openSource(join(path, "no/such/place"))).rejects.toThrow(
      `it does not exist, nor does ${join(path, "no/such")}`,
    );
    await expect(openSource(join(path, "file.jpg"))).rejects.toMatchObject({
      what: "it is a file, not a folder",
      exitCode: 2,
    });
    await expect(openSource("builtin:shape")).rejects.toThrow(
      'data: there is no "builtin:shape"; did you mean "builtin:shapes"?',
    );
  });
});

const signs = join(import.meta.dirname, "../../../../shared/data/sign-digits");
const present = existsSync(signs);
test.skipIf(!present)(`sign digits${present ? "" : " (skipped: ../shared/data is absent)"}`, async () => {
  const source = await openSource(signs);
  expect(source.classes).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  expect(source.paths).toHaveLength(2062);
  expect(source.notes).toEqual(["The classes were found inside images"]);
  expect(await source.read(0)).toMatchObject({ height: 100, width: 100, channels: 3 });
  const { split } = makeSplit({ ...source, seed: 1 });
  expect([split.train.length, split.validation.length, split.test.length]).toEqual([1650, 206, 206]);
});
