import type { Hono } from "hono";
import type { Desk } from "./desk.ts";

/** The table of runs. */
export function runsRoutes(app: Hono, { runs }: Desk): void {
  app.get("/api/runs", async (context) => context.json({ runs: await runs.list() }));
}
