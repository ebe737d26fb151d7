import { expect, test } from "vitest";
import { bytesOf, largestOf, paint } from "./paint.ts";

test("bytes of base64 have their signs", () => {
  expect([...bytesOf(btoa(String.fromCharCode(127, 0, 129)))]).toEqual([127, 0, -127]);
});

test("one channel is blue above 0, orange below and clear at 0", () => {
  const size = { height: 1, width: 3, channels: 1 as const };
  const painted = paint(size, Int8Array.of(9, 9, 9, 127, 0, -127), 1, 2, 4);
  expect([...painted]).toEqual([31, 111, 235, 128, 214, 84, 0, 0, 214, 84, 0, 128]);
});

test("three channels have middle grey at 0", () => {
  const painted = paint({ height: 1, width: 1, channels: 3 }, Int8Array.of(127, 0, -127), 0, 1, 1);
  expect([...painted]).toEqual([255, 128, 0, 255]);
});

test("a unit without weights is no division by 0, and the limit is that of all epochs", () => {
  expect([...paint({ height: 1, width: 1, channels: 1 }, Int8Array.of(0), 0, 0, 0)]).toEqual([214, 84, 0, 0]);
  expect(
    largestOf(
      {
        scales: [
          [1, 5],
          [3, 2],
        ],
      },
      0,
    ),
  ).toBe(3);
});
