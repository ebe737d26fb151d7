import type { Context, Hono } from "hono";
import { z } from "zod";
import { UsageError } from "../core/index.ts";
import type { Desk } from "./desk.ts";
import type { Inspection, PictureQuery } from "./inspection.ts";
import { Problem } from "./problem.ts";
import { bodyOf } from "./runs.ts";

const MOST_PICTURES = 200;
const LARGEST_SIDE = 1024;

/** One run: how it went, its pictures, what its network makes of them, and marks of wrong labels. */
export function runRoutes(app: Hono, { inspections }: Pick<Desk, "inspections">): void {
  const asked = (
    path: string,
    answer: (run: Inspection, context: Context) => Promise<object | null>,
    method: "get" | "post" = "get",
  ) => {
    app[method](`/api/runs/:name/${path}`, async (context) => {
      const run = await inspections.of(context.req.param("name")!);
      const told = await refused(answer(run, context));
      return told instanceof Response ? told : context.json(told);
    });
  };
  asked("overview", (run) => run.overview());
  asked("confusion", (run) => run.confusion());
  asked("pictures", (run, context) => run.pictures(queryOf(context)));
  asked("answers", (run, context) => run.answersOf(pathOf(context)));
  asked("templates", (run) => run.templates());
  asked("marks", (run) => run.marks());
  asked(
    "marks",
    async (run, context) => {
      const { path, label } = await bodyOf(context, mark);
      return await run.mark(path, label);
    },
    "post",
  );
  asked("sight", (run, context) => run.sight(pathOf(context), context.req.query("class"), context.req.query("method")));
  asked("walk", (run, context) => run.walk(pathOf(context), context.req.query("class")));
  asked("picture", async (run, context) => {
    const { bytes, type } = await run.picture(pathOf(context), numberOf(context, "side", 96, 1, LARGEST_SIDE));
    // It is asked for again whenever a gallery is drawn; the pictures of a data set hardly ever change.
    return context.body(bytes, 200, { "Content-Type": type, "Cache-Control": "private, max-age=600" });
  });
}

/** What the library refuses is the request's fault, or that of what lies in the folder; it says how to mend it. */
async function refused<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof UsageError) throw new Problem(409, `${error.where}: ${error.what}`, error.fix);
    throw error;
  }
}

function pathOf(context: Context): string {
  const path = context.req.query("path");
  if (path === undefined || path === "")
    throw new Problem(400, "no picture is named", "name one, as in ?path=cats/1.jpg");
  return path;
}

function numberOf(context: Context, name: string, usual: number, low: number, high: number): number {
  const text = context.req.query(name);
  if (text === undefined) return usual;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isSafeInteger(value) && value >= low && value <= high) return value;
  throw new Problem(400, `${name} is "${text}"`, `give a whole number from ${low} to ${high}`);
}

const orders: readonly string[] = ["loss", "sure", "data"] satisfies PictureQuery["order"][];

function queryOf(context: Context): PictureQuery {
  const order = context.req.query("order") ?? "data";
  if (!orders.includes(order)) throw new Problem(400, `order is "${order}"`, `give one of ${orders.join(", ")}`);
  const optional = (name: string) =>
    context.req.query(name) === undefined ? {} : { [name]: numberOf(context, name, 0, 0, 2 ** 31) };
  return {
    split: context.req.query("split") ?? "test",
    ...optional("epoch"),
    ...optional("truth"),
    ...optional("predicted"),
    ...(context.req.query("wrong") === "1" ? { wrong: true } : {}),
    ...(context.req.query("marked") === "1" ? { marked: true } : {}),
    order: order as PictureQuery["order"],
    from: numberOf(context, "from", 0, 0, 2 ** 31),
    count: numberOf(context, "count", 60, 1, MOST_PICTURES),
  };
}

/** The label is a class, null to leave the picture out, and absent for no mark. */
const mark = z.strictObject({ path: z.string().min(1), label: z.string().nullish() });
