import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { UsageError } from "../../core/index.ts";
import { studioApp } from "../app.ts";
import { FolderRuns } from "./folder-runs.ts";
import { folderInspections } from "./inspections.ts";
import { openPageFiles } from "./page-files.ts";
import { StoredStudies } from "./stored-studies.ts";

export interface StudioOptions {
  /** The folder of run folders; it may be empty, or not there yet. */
  readonly runs: string;
  /** Where studies are kept; `studies.db` in `runs` unless said. */
  readonly storage?: string;
  /** That `argmin` is run by, with the program itself, for searches that are started here. */
  readonly command: readonly string[];
  /** 0 for any that is free. */
  readonly port: number;
  readonly onFault?: (where: string, error: unknown) => void;
}

/** A Studio that answers. */
export interface OpenStudio {
  /** Such as http://127.0.0.1:4242. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Other machines are never let in: nobody is asked for a password. */
const HOST = "127.0.0.1";

/**
 * Serves the Studio of a folder of runs on this machine.
 * @throws UsageError for a port that is taken or out of range, and where the page was not built
 */
export async function openStudio({ runs, storage, command, port, onFault }: StudioOptions): Promise<OpenStudio> {
  if (!(Number.isInteger(port) && port >= 0 && port < 65536)) {
    throw new UsageError("--port", `is ${port}`, "give a whole number up to 65535, or 0 for any that is free");
  }
  const inspections = folderInspections(runs);
  const studies = new StoredStudies({ runs, command, storage: storage ?? `sqlite:${join(runs, "studies.db")}` });
  const app = studioApp({
    desk: { runs: new FolderRuns(runs), inspections, studies },
    pages: openPageFiles(),
    ...(onFault ? { onFault } : {}),
  });
  const server = createAdaptorServer({ fetch: app.fetch, hostname: HOST }) as Server;
  server.listen(port, HOST);
  await once(server, "listening").catch((error: NodeJS.ErrnoException) => {
    throw cannotListen(error, port);
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${actual}`,
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await inspections.close();
      await studies.close();
    },
  };
}

function cannotListen(error: NodeJS.ErrnoException, port: number): unknown {
  if (error.code === "EADDRINUSE") {
    return new UsageError("--port", `${port} is taken; a Studio may be open already`, "give another, or 0 for any", 1);
  }
  if (error.code === "EACCES") return new UsageError("--port", `${port} may not be used`, "give one above 1023", 1);
  return error;
}
