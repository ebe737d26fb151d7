import type { Source } from "../../data/index.ts";
import type { Settings } from "../options.ts";

/** How many channels the network gets: what was asked for, else those that the data has. */
export async function channelsOf(
  source: Source,
  asked: Settings["channels"],
): Promise<{ readonly channels: 1 | 3; readonly notes: readonly string[] }> {
  const { uniform } = source;
  if (asked === 3) return { channels: 3, notes: [] };
  if (asked === 1) {
    const grey = uniform === undefined ? await source.isGrey?.() : uniform.channels === 1;
    return { channels: 1, notes: grey ? [] : ["Colours are mixed to grey, as one channel was asked for"] };
  }
  if (uniform !== undefined) return { channels: uniform.channels, notes: [] };
  if (!(await source.isGrey?.())) return { channels: 3, notes: [] };
  return { channels: 1, notes: ["Every picture is grey, so there is one channel (--channels 3 for three)"] };
}
