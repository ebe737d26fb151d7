import { openStudio } from "../studio/node/index.ts";
import { onInterrupt } from "./interrupt.ts";
import { type Output, style } from "./output.ts";
import { parseNumber } from "./train-options.ts";

export interface StudioFlags {
  readonly port: string;
  readonly runs: string;
  readonly storage?: string;
}

/** Shows the page until it is told to stop. */
export async function studioCommand(output: Output, { port, runs, storage }: StudioFlags): Promise<number> {
  const studio = await openStudio({
    runs,
    ...(storage === undefined ? {} : { storage }),
    command: [process.execPath, ...process.execArgv, process.argv[1]],
    port: parseNumber("--port", port, "4242"),
    onFault: (where, error) => output.warn(`${where}: ${(error as Error).stack ?? String(error)}`),
  });
  const { signal, release } = onInterrupt(output, "Closing the Studio; what trains elsewhere goes on.");
  try {
    output.say(`The Studio of ${style("bold", runs)} is open: ${style("bold", studio.url)}`);
    output.say("Only this machine can reach it. Ctrl-C closes it.");
    output.event({ event: "listening", url: studio.url, runs });
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve());
    });
    await studio.stop();
    output.event({ event: "done" });
    return 0;
  } finally {
    release();
  }
}
