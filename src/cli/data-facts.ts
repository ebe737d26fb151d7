import { UsageError } from "../core/index.ts";
import { type DataFacts, factsOfSource } from "../experiment/index.ts";
import { parseNumber } from "./train-options.ts";

/** What the command line may say of pictures. */
export interface FactsFlags {
  readonly size?: string;
  readonly channels?: string;
  readonly classes?: string;
}

export const whole = (flag: string, text: string | undefined, usual: number, least = 1): number => {
  if (text === undefined) return usual;
  const value = parseNumber(flag, text, String(usual));
  if (Number.isInteger(value) && value >= least) return value;
  throw new UsageError(flag, `is ${text}`, `give a whole number, ${least} or more`);
};

/** Of the data, as far as their files say; without data, of the pictures that the flags describe. */
export async function factsOf(data: string | undefined, flags: FactsFlags): Promise<DataFacts> {
  const channels = flags.channels === "auto" ? "auto" : whole("--channels", flags.channels, 3);
  if (channels !== "auto" && channels !== 1 && channels !== 3)
    throw new UsageError("--channels", `is ${channels}`, "give 1 or 3");
  const side = whole("--size", flags.size, 32, 4);
  if (data === undefined) {
    const classes = whole("--classes", flags.classes, 10, 2);
    const seen = channels === "auto" ? 3 : channels;
    return { numbers: false, height: side, width: side, channels: seen, pictures: 1, classes };
  }
  const { openSource } = await import("../data/node/index.ts");
  const size = flags.size === undefined ? {} : { size: side };
  return await factsOfSource(await openSource(data), {
    ...size,
    ...(flags.channels === undefined ? {} : { channels }),
  });
}
