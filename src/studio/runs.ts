import type { Context, Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { z } from "zod";
import type { Desk } from "./desk.ts";
import { Problem } from "./problem.ts";
import type { RunsChange } from "./run-shelf.ts";

/** Curves in one request; a page asks several times for more. */
export const MOST_CURVES = 100;
/** Milliseconds after which a quiet stream shows that it is still there. */
const KEEP_ALIVE = 15_000;

/**
 * A body of JSON.
 * @throws Problem 400 where it is none, or not of the form that `schema` says
 */
export async function bodyOf<T>(context: Context, schema: z.ZodType<T>): Promise<T> {
  if (!context.req.header("content-type")?.startsWith("application/json")) {
    throw new Problem(400, "the body is not JSON", "send it as application/json");
  }
  const body: unknown = await context.req.json().catch(() => undefined);
  const { data, error } = schema.safeParse(body);
  if (error === undefined) return data;
  const { path, message } = error.issues[0]!;
  throw new Problem(400, `the body is not as it should be: ${[...path, message].join(" ")}`, "see docs/studio.md");
}

/** The table of runs, their curves, and what one may do with a run as a whole. */
export function runsRoutes(app: Hono, { runs }: Desk): void {
  app.get("/api/runs", async (context) => context.json({ runs: await runs.list() }));

  app.get("/api/curves", async (context) => {
    const names = context.req.queries("run") ?? [];
    if (names.length > MOST_CURVES) {
      throw new Problem(400, `${names.length} runs are asked for, more than ${MOST_CURVES}`, "ask several times");
    }
    return context.json({ curves: await runs.curves(names) });
  });

  app.get("/api/events", (context) =>
    streamSSE(context, async (stream) => {
      const waiting: RunsChange[] = [];
      let wake = () => {};
      const release = runs.watch((change) => {
        waiting.push(change);
        wake();
      });
      stream.onAbort(() => {
        release();
        wake();
      });
      // Says that changes are told from now on.
      await stream.writeSSE({ event: "ready", data: "{}" });
      while (!stream.aborted) {
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
          timer = setTimeout(resolve, KEEP_ALIVE);
          if (waiting.length > 0 || stream.aborted) resolve();
        });
        clearTimeout(timer);
        const change = waiting.shift();
        if (stream.aborted) break;
        if (change) await stream.writeSSE({ event: "runs", data: JSON.stringify(change) });
        else await stream.write(": still here\n\n");
      }
    }),
  );

  app.post("/api/runs/:name/name", async (context) => {
    const { to } = await bodyOf(context, z.strictObject({ to: z.string() }));
    await runs.rename(context.req.param("name"), to);
    return context.json({});
  });

  app.post("/api/runs/:name/pin", async (context) => {
    const { pinned } = await bodyOf(context, z.strictObject({ pinned: z.boolean() }));
    await runs.pin(context.req.param("name"), pinned);
    return context.json({});
  });

  app.delete("/api/runs/:name", async (context) => context.json(await runs.discard(context.req.param("name"))));

  app.get("/api/trash", async (context) => context.json({ trash: await runs.trash() }));

  app.post("/api/trash/:id/restore", async (context) => {
    await runs.restore(context.req.param("id"));
    return context.json({});
  });

  app.delete("/api/trash", async (context) => {
    await runs.emptyTrash();
    return context.json({});
  });
}
