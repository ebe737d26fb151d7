import type { Context, Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { z } from "zod";
import type { Desk } from "./desk.ts";
import { Problem } from "./problem.ts";
import { bodyOf } from "./runs.ts";

/** How often a study is looked at for those who watch it, in milliseconds. */
const LOOK_MS = 1000;

const word = z.string().max(200);
const whole = z.int().min(1).max(1_000_000);

const starting = z.strictObject({
  data: z.string().min(1).max(1000),
  name: z.string().regex(/^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,99}$/u),
  model: word.optional(),
  optimizer: word.optional(),
  epochs: whole.optional(),
  trials: whole.optional(),
  time: word.optional(),
  sampler: word.optional(),
  pruner: word.optional(),
  objective: word.optional(),
  constraints: z.array(word).max(10).optional(),
  workers: whole.optional(),
});
const wanting = z.strictObject({ wanted: z.enum(["run", "pause", "stop"]), trials: whole.optional() });

const fromOf = (context: Context): number => {
  const from = Number(context.req.query("from") ?? 0);
  if (Number.isInteger(from) && from >= 0) return from;
  throw new Problem(400, `from is ${context.req.query("from")}`, "give the number of a trial");
};

/** Studies: the list, one of them in columns, its changes as they come, and what is wanted of it. */
export function studiesRoutes(app: Hono, { studies }: Desk): void {
  app.get("/api/studies", async (context) => context.json({ studies: await studies.list() }));
  app.post("/api/studies", async (context) =>
    context.json({ process: await studies.start(await bodyOf(context, starting)) }),
  );
  app.get("/api/studies/:name", async (context) =>
    context.json(await studies.study(context.req.param("name"), fromOf(context))),
  );
  app.get("/api/studies/:name/curves", async (context) =>
    context.json(await studies.curves(context.req.param("name"), fromOf(context))),
  );
  app.post("/api/studies/:name/wanted", async (context) => {
    const name = context.req.param("name");
    const { wanted, trials } = await bodyOf(context, wanting);
    if (wanted === "run") return context.json({ process: await studies.resume(name, trials) });
    await studies.want(name, wanted);
    return context.json({ process: null });
  });
  app.get("/api/studies/:name/events", async (context) => {
    const name = context.req.param("name");
    // Before the stream begins, so that a study that is not there is told as such.
    let version = await studies.version(name);
    return streamSSE(context, async (stream) => {
      let closed = false;
      stream.onAbort(() => {
        closed = true;
      });
      await stream.writeSSE({ event: "version", data: version });
      while (!closed) {
        await stream.sleep(LOOK_MS);
        const now = await studies.version(name);
        if (now !== version) await stream.writeSSE({ event: "version", data: now });
        version = now;
      }
    });
  });
}
