import { UsageError } from "../core/index.ts";
import type { DataFacts } from "../experiment/index.ts";
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
  const channels = flags.channels === "auto" ? 3 : whole("--channels", flags.channels, 3);
  if (channels !== 1 && channels !== 3) throw new UsageError("--channels", `is ${channels}`, "give 1 or 3");
  const side = whole("--size", flags.size, 32, 4);
  const pictures = { numbers: false, height: side, width: side, channels, pictures: 1 } as const;
  if (data === undefined) return { ...pictures, classes: whole("--classes", flags.classes, 10, 2) };
  const { openSource } = await import("../data/node/index.ts");
  const source = await openSource(data);
  const about = { classes: source.classes.length, pictures: source.paths.length };
  if (source.numbers) return { numbers: true, height: 1, width: source.numbers.features.length, channels: 1, ...about };
  const grey =
    (flags.channels ?? "auto") === "auto" && (source.uniform?.channels === 1 || (await source.isGrey?.()) === true);
  const own = flags.size === undefined ? source.uniform : undefined;
  const size = own ?? (flags.size === undefined ? { height: 64, width: 64 } : pictures);
  return { ...pictures, ...(grey ? { channels: 1 } : {}), height: size.height, width: size.width, ...about };
}
