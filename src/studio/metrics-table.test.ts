import { expect, test } from "vitest";
import { bestOf, parseMetrics } from "./metrics-table.ts";

const HEAD = "epoch,step,train_loss,validation_loss,validation_accuracy,learning_rate,gradient_norm,zeros,seconds\n";

test("reads the epochs; a last line without its end is still being written", () => {
  const { curves, problems } = parseMetrics(
    `${HEAD}1,10,2.3,2.1,0.5,0.01,1.5,0,1.25\n2,20,1.9,,,0.005,,0,1.5\n3,30,1.`,
  );
  expect(curves).toMatchObject({ epoch: [1, 2], step: [10, 20], trainLoss: [2.3, 1.9], validationLoss: [2.1, null] });
  expect(curves.seconds).toEqual([1.25, 1.5]);
  expect(problems).toEqual([]);
});

test("columns go by their names, whatever else there is", () => {
  const { curves } = parseMetrics("seconds,new,epoch\r\n1.5,x,1\r\n");
  expect(curves).toMatchObject({ epoch: [1], seconds: [1.5], trainLoss: [null], validationAccuracy: [null] });
});

test("lines that cannot be read are left out and told", () => {
  const { curves, problems } = parseMetrics(
    `${HEAD}1,10,2,2,0.5,0.1,1,0,1\n\u0000\u0001rubbish\n,,,,,,,,\n4,40,NaN,Infinity,0.6,0.1,1,0,1\n`,
  );
  expect(curves.epoch).toEqual([1, 4]);
  expect(curves.trainLoss).toEqual([2, null]);
  expect(problems).toEqual(["metrics.csv: line 3, 4 cannot be read"]);
});

test("what is no table of epochs gives none", () => {
  expect(parseMetrics("").problems).toEqual(["metrics.csv is empty"]);
  expect(parseMetrics("\u0089PNG\r\n\u001a\n\u0000\u0000").problems).toEqual(["metrics.csv is no table of epochs"]);
  expect(parseMetrics("\u0089PNG\r\n").curves.epoch).toEqual([]);
});

test("the best epoch is the most accurate one, of equal ones that with the lower loss", () => {
  const best = (rows: string) => bestOf(parseMetrics(`epoch,validation_accuracy,validation_loss\n${rows}`).curves);
  expect(best("1,0.5,2\n2,0.7,1.5\n3,0.7,1.2\n4,0.6,0.1\n")).toBe(2);
  expect(best("1,,2\n2,,1\n3,,3\n")).toBe(1);
  expect(best("1,,\n2,,\n")).toBeNull();
});
