import { type Dataset, load, notesOnFacts, type Source } from "../../data/index.ts";
import { splitPictures, storedPixels } from "../../data/node/index.ts";
import { geometryModel } from "../../preprocess/index.ts";
import { inheritedArguments, type RemoteModel, remoteModel } from "../../runtime/node/index.ts";
import { type GeometryThread, geometryOf } from "../geometry.ts";
import { DEFAULT_SIZE, type ExperimentEvent, type Settings } from "../options.ts";
import { channelsOf } from "./channels.ts";

/** What of the settings decides how data is loaded. */
type LoadSettings = Pick<Settings, "size" | "fit" | "split" | "groupBy" | "balance" | "seed" | "device"> &
  Partial<Pick<Settings, "channels" | "cache" | "pictureMemory">>;

/** Reads a source, brings its pictures to one size with the model's own geometry, and splits them. */
export async function loadDataset(
  source: Source,
  settings: LoadSettings,
  onEvent: (event: ExperimentEvent) => void,
  signal?: AbortSignal,
  divide: typeof splitPictures = splitPictures,
): Promise<Dataset> {
  if (source.numbers) {
    const loaded = await load(source);
    const { pictures, skipped } = loaded;
    const { split, notes } = await divide(source, loaded, settings);
    return { source, classes: source.classes, pictures, split, skipped, notes: [...source.notes, ...notes] };
  }
  const { uniform } = source;
  const asked = settings.size ?? DEFAULT_SIZE;
  const [height, width] = settings.size === null && uniform ? [uniform.height, uniform.width] : [asked, asked];
  const { channels, notes: onChannels } = await channelsOf(source, settings.channels ?? "auto");
  const sized = uniform !== undefined && uniform.height === height && uniform.width === width;
  const fits = sized && uniform.channels === channels;
  const { fit, cache, pictureMemory } = settings;
  // Pictures are bytes of many sizes, one after the other: no work for a graphics card.
  const device = settings.device === "webgpu" ? "auto" : settings.device;
  const model = geometryModel({ height, width, channels, fit });
  let remote: RemoteModel | undefined;
  const fill = storedPixels({
    way: model,
    geometry: async () => {
      remote ??= await remoteModel(model, device);
      return geometryOf(remote);
    },
    thread: {
      entry: new URL("./decode-worker.js", import.meta.url),
      execArgv: inheritedArguments(),
      start: { model, device } satisfies GeometryThread,
    },
    ...(cache ? { cache } : {}),
    ...(pictureMemory ? { memoryBytes: pictureMemory * 2 ** 20 } : {}),
  });
  try {
    const loaded = await load(source, {
      ...(fits ? {} : sized ? { fill } : { size: height, fill }),
      channels,
      onProgress: ({ done, total }) => onEvent({ type: "loading", done, total }),
      ...(signal ? { signal } : {}),
    });
    const { pictures, skipped } = loaded;
    const { split, notes } = await divide(source, loaded, settings);
    const told = [...source.notes, ...onChannels, ...notesOnFacts(loaded.facts), ...loaded.notes, ...notes];
    return { source, classes: source.classes, pictures, split, skipped, notes: told };
  } finally {
    await remote?.close();
  }
}
