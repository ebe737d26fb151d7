import { describe, expect, test } from "vitest";
import { UsageError } from "../core/index.ts";
import { layoutOf } from "./layout.ts";
import { compareNaturally } from "./natural-order.ts";

/** What a layout says of each path: "split/class". */
const read = (...paths: string[]) => {
  const { classes, labels, declared } = layoutOf("data", paths);
  return Array.from(labels, (label, i) => `${declared[i] ?? "-"}:${classes[label]}`);
};

describe("class folders", () => {
  test("flat", () => expect(read("cats/1.jpg", "dogs/1.jpg")).toEqual(["-:cats", "-:dogs"]));

  test("nested to any depth; a folder may be a class and hold classes", () => {
    expect(read("animals/1.jpg", "animals/cats/1.jpg", "plants/trees/oak/1.jpg")).toEqual([
      "-:animals",
      "-:animals/cats",
      "-:plants/trees/oak",
    ]);
  });

  test("classes are in natural order, whatever the order of the paths", () => {
    expect(layoutOf("data", ["10/a.png", "2/a.png", "1/a.png"]).classes).toEqual(["1", "2", "10"]);
  });

  test("folders that wrap everything are looked through, with a note", () => {
    const layout = layoutOf("data", ["set/images/a/1.jpg", "set/images/b/1.jpg"]);
    expect(layout.classes).toEqual(["a", "b"]);
    expect(layout.paths).toEqual(["set/images/a/1.jpg", "set/images/b/1.jpg"]);
    expect(layout.notes).toEqual(["The classes were found inside set/images"]);
    expect(read("set/train/a/1.jpg", "set/train/b/1.jpg")).toEqual(["train:a", "train:b"]);
  });

  test("pictures outside any class folder count for nothing, with a note", () => {
    const layout = layoutOf("data", ["a/1.jpg", "b/1.jpg", "cover.jpg"]);
    expect(layout.paths).toEqual(["a/1.jpg", "b/1.jpg"]);
    expect(layout.notes).toEqual(["Passed over 1 picture that lies outside any class folder: cover.jpg"]);
  });
});

describe("depth", () => {
  const paths = ["animals/cats/tabby/1.jpg", "animals/dogs/1.jpg", "plants/oak/1.jpg", "plants/2.jpg"];
  const classes = (depth?: number, of: readonly string[] = paths) => {
    const layout = layoutOf("data", of, [], depth === undefined ? {} : { depth });
    return Array.from(layout.labels, (label) => layout.classes[label]);
  };
  test("the first folders name the class", () => {
    expect(classes()).toEqual(["animals/cats/tabby", "animals/dogs", "plants/oak", "plants"]);
    expect(classes(1)).toEqual(["animals", "animals", "plants", "plants"]);
    expect(classes(2)).toEqual(["animals/cats", "animals/dogs", "plants/oak", "plants"]);
    expect(classes(9)).toEqual(classes());
  });

  test("is counted below split folders and what wraps everything", () => {
    const split = paths.flatMap((path) => [`set/train/${path}`, `set/test/${path}`]);
    expect(new Set(classes(1, split))).toEqual(new Set(["animals", "plants"]));
  });

  test("refused below 1, and where it leaves one class", () => {
    for (const depth of [0, -1, 1.5]) {
      expect(() => classes(depth)).toThrow(expect.objectContaining({ where: "depth", exitCode: 2 }));
    }
    expect(() => classes(1, ["a/x/1.jpg", "a/y/2.jpg", "a/3.jpg"])).toThrow(
      "one class only, a (3 pictures); give a larger depth, or add a folder",
    );
  });
});

describe("split folders", () => {
  test.each([
    ["train", "val", "test"],
    ["training", "valid", "testing"],
    ["Train", "VALIDATION", "Eval"],
    ["TRAIN", "dev", "Test"],
  ])("%s, %s, %s", (train, validation, held) => {
    const paths = [train, validation, held].flatMap((split) => [`${split}/a/1.jpg`, `${split}/x/b/1.jpg`]);
    expect(read(...paths)).toEqual(["train:a", "train:x/b", "validation:a", "validation:x/b", "test:a", "test:x/b"]);
  });

  test("pictures without a class, and folders that are no split, count for nothing", () => {
    const layout = layoutOf("data", ["extra/a/1.jpg", "test/9.jpg", "train/a/1.jpg", "train/b/1.jpg"]);
    expect(layout.paths).toEqual(["train/a/1.jpg", "train/b/1.jpg"]);
    expect(layout.notes[0]).toContain("extra/a/1.jpg, test/9.jpg");
  });

  test("a class may be called train where trains are a class", () => {
    expect(read("car/1.jpg", "plane/1.jpg", "train/1.jpg")).toEqual(["-:car", "-:plane", "-:train"]);
  });
});

test.each([
  [
    "no class folders",
    ["1.jpg", "2.jpg"],
    [],
    "data: its 2 pictures lie in no class folder (1.jpg, …); give each class",
  ],
  ["splits without classes", ["test/1.jpg", "train/1.jpg"], [], "its 2 pictures lie in no class folder"],
  ["one class", ["a/1.jpg", "a/2.jpg"], [], "data: it holds one class only, a (2 pictures); add a folder"],
  ["one nested class", ["x/a/1.jpg", "x/a/2.jpg"], [], "it holds one class only, a"],
  [
    "no train",
    ["test/a/1.jpg", "val/a/1.jpg"],
    [],
    "it has test and val, but no train folder with classes in it; add train/",
  ],
  [
    "splits beside classes",
    ["cat/1.jpg", "dog/1.jpg", "test/cat/2.jpg"],
    [],
    "it has test beside cat, dog, but no train",
  ],
  ["test beside classes", ["cat/1.jpg", "dog/1.jpg", "test/2.jpg"], [], "it has test beside cat, dog, but no train"],
  [
    "a class that is never trained",
    ["test/cats/1.jpg", "train/cat/1.jpg", "train/dog/1.jpg"],
    [],
    'class cats is in test (test/cats/1.jpg) but not in train, which has cat, dog; did you mean "cat"?',
  ],
  [
    "a class of BMP files",
    ["a/1.jpg", "b/1.jpg"],
    ["c/1.bmp", "c/2.bmp"],
    "class c has 2 files, of which none can be decoded",
  ],
])("%s: refused, and the material is to blame", (_, paths, unreadable, message) => {
  const attempt = () => layoutOf("data", paths, unreadable);
  expect(attempt).toThrow(UsageError);
  expect(attempt).toThrow(message);
  expect(attempt).toThrow(expect.objectContaining({ exitCode: 1 }));
});

test("natural order compares runs of digits as numbers, and is total", () => {
  const names = [
    "a10",
    "a9",
    "a09",
    "10",
    "9",
    "B",
    "a",
    "é",
    "a9b",
    "12345678901234567890123",
    "12345678901234567890124",
  ];
  expect([...names].sort(compareNaturally)).toEqual([
    "9",
    "10",
    "12345678901234567890123",
    "12345678901234567890124",
    "B",
    "a",
    "a09",
    "a9",
    "a9b",
    "a10",
    "é",
  ]);
});
