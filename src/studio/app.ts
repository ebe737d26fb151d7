import { Hono } from "hono";
import type { Desk } from "./desk.ts";
import { guard } from "./guard.ts";
import { type PageFiles, pageRoutes } from "./pages.ts";
import { Problem } from "./problem.ts";
import { runRoutes } from "./run.ts";
import { runsRoutes } from "./runs.ts";
import { studiesRoutes } from "./studies.ts";

export interface StudioApp {
  readonly desk: Desk;
  readonly pages: PageFiles;
  /** Is told of what is a fault of ours. */
  readonly onFault?: (where: string, error: unknown) => void;
}

/** The routes of the Studio, behind the guard. */
export function studioApp({ desk, pages, onFault = () => {} }: StudioApp): Hono {
  const app = new Hono();
  app.onError((error, context) => {
    const isOurs = !(error instanceof Problem);
    if (isOurs) onFault(`${context.req.method} ${context.req.path}`, error);
    const { status, what, fix } = isOurs
      ? { status: 500 as const, what: "the Studio failed at this", fix: "what went wrong is told where it was started" }
      : { status: error.status, what: error.message, fix: error.fix };
    return context.json({ error: { what, fix } }, status);
  });
  app.use(guard());
  app.use("/api/*", async (context, next) => {
    context.header("Cache-Control", "no-store");
    await next();
  });
  runsRoutes(app, desk);
  runRoutes(app, desk);
  studiesRoutes(app, desk);
  pageRoutes(app, pages);
  return app;
}
