import type { Component } from "svelte";
import type { Fields } from "../fields.ts";
import type { Lesson, Text, ViewProps } from "../lesson.ts";

/** A lesson as the list shows it; what it computes and how it looks are fetched when it is opened. */
export interface Entry {
  readonly number: number;
  /** Its name in the address: `#/parabola`. */
  readonly id: string;
  readonly title: Text;
  /** What it is about, in a few words. */
  readonly about: Text;
  /** The part without a view. */
  readonly parts: () => Promise<{ readonly lesson: Lesson }>;
  readonly load: () => Promise<{ readonly lesson: Lesson; readonly View: Component<ViewProps<Fields>> }>;
}

// biome-ignore lint/suspicious/noExplicitAny: each lesson has fields of its own
type Parts = () => Promise<{ readonly lesson: Lesson<any> }>;
// biome-ignore lint/suspicious/noExplicitAny: each lesson has fields of its own
type View = () => Promise<{ readonly default: Component<ViewProps<any>> }>;

const entry = (number: number, id: string, title: Text, about: Text, parts: Parts, view: View): Entry => ({
  ...{ number, id, title, about, parts },
  load: async () => {
    const [{ lesson }, { default: View }] = await Promise.all([parts(), view()]);
    return { lesson, View };
  },
});

const given: readonly Entry[] = [
  entry(
    1,
    "line-fit",
    { en: "A line, and what its errors cost", zh: "一条直线，和它的误差的代价" },
    { en: "Errors as squares; the loss as their area", zh: "误差是正方形，损失是它们的面积" },
    () => import("./01-line-fit.ts"),
    () => import("./01-line-fit.svelte"),
  ),
];

/** Every lesson, in the order in which they are best taken. */
export const entries: readonly Entry[] = [...given].sort((a, b) => a.number - b.number);
