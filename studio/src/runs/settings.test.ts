import { expect, test } from "vitest";
import { differences, flat, textOf } from "./settings.ts";

const unit = (name: string, options: Record<string, unknown> = {}) => ({ kind: "any", name, options });

test("each setting has a name of its own", () => {
  const settings = { data: "photos", epochs: null, model: unit("cnn", { filters: [8, 16], norm: "batch" }) };
  expect(Object.fromEntries(flat(settings))).toEqual({
    ...{ data: "photos", epochs: "", model: "cnn", "model.filters": "8, 16", "model.norm": "batch" },
  });
  expect(flat(null).size).toBe(0);
});

test("values read as they are written", () => {
  expect(textOf([unit("l2", { strength: 1e-4 }), unit("l1")])).toBe("l2:strength=0.0001, l1");
  expect(textOf(false)).toBe("false");
  expect(textOf(3 * 0.0001)).toBe("0.0003");
});

test("only what differs is told, and a run without a configuration makes no difference", () => {
  const base = { data: "photos", seed: 1, optimizer: unit("adam", { learningRate: 0.01 }) };
  const other = { ...base, seed: 2, optimizer: unit("momentum", { learningRate: 0.01, momentum: 0.9 }) };
  expect(differences([{ settings: base }, { settings: null }, { settings: other }])).toEqual([
    { name: "seed", values: ["1", undefined, "2"] },
    { name: "optimizer", values: ["adam", undefined, "momentum"] },
    { name: "optimizer.momentum", values: [undefined, undefined, "0.9"] },
  ]);
  expect(differences([{ settings: base }, { settings: base }])).toEqual([]);
  expect(differences([])).toEqual([]);
});
