import { expect, test } from "vitest";
import { countsOf, labelled, pictureSource } from "./pictures.ts";

const blob = new Blob([]);
const files = (...paths: string[]) => paths.map((path) => ({ path, blob }));

test("a picture's class is its folder; what is no picture, hidden, or lies in no folder is left out", () => {
  const found = labelled(
    files("pets/cats/1.jpg", "pets/dogs/deep/2.PNG", "3.jpg", "pets/cats/notes.txt", "pets/.trash/4.jpg", "a/.b.png"),
  );
  expect(found.map(({ path, label }) => [path, label])).toEqual([
    ["pets/cats/1.jpg", "cats"],
    ["pets/dogs/deep/2.PNG", "deep"],
  ]);
});

test("classes are in the order of their names and pictures in that of their paths, whatever order they were dropped in", () => {
  const pictures = labelled(files("x/dogs/2.jpg", "x/cats/9.jpg", "x/dogs/1.jpg"));
  expect(countsOf(pictures)).toEqual([
    { name: "cats", count: 1 },
    { name: "dogs", count: 2 },
  ]);
  const source = pictureSource("x", pictures);
  expect(source.classes).toEqual(["cats", "dogs"]);
  expect(source.paths).toEqual(["x/cats/9.jpg", "x/dogs/1.jpg", "x/dogs/2.jpg"]);
  expect([...source.labels]).toEqual([0, 1, 1]);
});

test("one class is nothing to tell apart", () => {
  expect(() => pictureSource("x", labelled(files("x/cats/1.jpg")))).toThrow(/one class, cats.*two or more/s);
  expect(() => pictureSource("x", [])).toThrow(/no class at all/);
});
