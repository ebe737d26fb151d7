import { describe, expect, test } from "vitest";
import type { Position } from "./standing.ts";
import { Timeline } from "./timeline.ts";

/** A clock that stands still until it is told to go. */
function stopwatch() {
  let seconds = 100;
  return { now: () => seconds, wait: (by: number) => (seconds += by) };
}

describe("epochs and steps", () => {
  test("end by their number and ask no clock", () => {
    const epochs = new Timeline({ epochs: 3 }, 10);
    expect([epochs.steps, epochs.isOver(29), epochs.isOver(30)]).toEqual([30, false, true]);
    expect(epochs.at(16, [0.5])).toEqual({ epoch: 1.5, epochs: 3, losses: [0.5] });
    const steps = new Timeline({ epochs: 0, maxSteps: 25 }, 10);
    expect([steps.steps, steps.isOver(24), steps.isOver(25)]).toEqual([25, false, true]);
    expect(steps.at(1, [])).toEqual({ epoch: 0, epochs: 2.5, losses: [] });
  });

  test("the time left is what is left of this epoch, and the others at the last one's pace", () => {
    const { now, wait } = stopwatch();
    const timeline = new Timeline({ epochs: 3 }, 10, undefined, now);
    timeline.startEpoch(0);
    wait(2);
    expect(timeline.secondsLeft(2)).toBeCloseTo(28, 12);
    wait(10);
    expect(timeline.endEpoch()).toBeCloseTo(12, 12);
    timeline.startEpoch(10);
    expect(timeline.secondsLeft(15)).toBeCloseTo(1.5 * 12, 12);
  });
});

describe("a budget of time", () => {
  const budget = { epochs: 0, seconds: 10 };

  test("ends the run, and its schedule spans it", () => {
    const { now, wait } = stopwatch();
    const timeline = new Timeline(budget, 4, undefined, now);
    expect(timeline.isOver(0)).toBe(false);
    expect(timeline.at(1, [])).toEqual({ epoch: 0, epochs: Number.POSITIVE_INFINITY, losses: [] });
    wait(5);
    expect(timeline.isOver(6)).toBe(false);
    // Half of the time is over after one and a half epochs, so there will be three.
    expect(timeline.at(7, [])).toEqual({ epoch: 1.5, epochs: 3, losses: [] });
    expect(timeline.expectedSteps(6)).toBe(12);
    expect(timeline.secondsLeft(6)).toBe(5);
    wait(5);
    expect(timeline.isOver(7)).toBe(true);
  });

  /** A run of steps that take `pace` seconds each, from a step on; what its schedule said at each. */
  function runOf(pace: (step: number) => number, from?: { step: number; seconds: number; positions: Position[] }) {
    const { now, wait } = stopwatch();
    const said: Position[] = [];
    const standing = { epoch: 1, step: from?.step ?? 0, total: 0, seen: 0, looked: true, seconds: from?.seconds ?? 0 };
    const continuation = from && { standing, ended: [], positions: from.positions };
    const plan = { ...budget, ...(continuation ? { from: continuation } : {}) };
    const timeline = new Timeline(plan, 4, (position) => said.push(position), now);
    const epochs: number[] = [];
    let step = from?.step ?? 0;
    while (!timeline.isOver(step)) {
      epochs.push(timeline.at(step + 1, []).epochs);
      wait(pace(step));
      step++;
    }
    return { said, epochs, step };
  }

  test("what was resolved is resolved again by who goes on, however fast the machine is then", () => {
    const first = runOf((step) => 0.3 + 0.1 * (step % 3));
    // Killed near its end; the last checkpoint is from step 8.
    const known = first.said.filter(({ step }) => step <= 20);
    const before = known.filter(({ step }) => step <= 8).at(-1)!;
    const second = runOf(() => 0.01, { step: 8, seconds: before.seconds, positions: known });
    expect(second.epochs.slice(0, 13)).toEqual(first.epochs.slice(8, 21));
    expect(second.said.every(({ step }) => step > 20)).toBe(true);
    // From there on the clock counts what is left: 10 seconds less what is known to be spent, in steps of 0.01.
    expect(second.step - 20).toBeCloseTo((10 - known.at(-1)!.seconds) / 0.01, -1);
  });
});
