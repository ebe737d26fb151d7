import { exportLab, openStudio } from "../studio/node/index.ts";
import { onInterrupt } from "./interrupt.ts";
import { type Output, style } from "./output.ts";
import { parseNumber } from "./train-options.ts";

export interface StudioFlags {
  readonly port: string;
  readonly runs: string;
  readonly storage?: string;
  readonly exportLab?: string;
}

/** Writes the Lab as a folder of its own. */
async function writeLab(output: Output, folder: string): Promise<number> {
  const { files, bytes } = await exportLab(folder);
  output.say(`The Lab is in ${style("bold", folder)}: ${files} files, ${Math.round(bytes / 1000)} kB.`);
  output.say("It needs no server of ours: put the folder on any static host.");
  output.event({ event: "done", folder, files, bytes });
  return 0;
}

/** Shows the page until it is told to stop. */
export async function studioCommand(output: Output, flags: StudioFlags): Promise<number> {
  if (flags.exportLab !== undefined) return await writeLab(output, flags.exportLab);
  const { port, runs, storage } = flags;
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
