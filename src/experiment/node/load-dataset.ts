import { type Dataset, type Geometry, load, type Source } from "../../data/index.ts";
import { geometryModel } from "../../preprocess/index.ts";
import { remoteModel } from "../../runtime/node/index.ts";
import { DEFAULT_SIZE, type ExperimentEvent, type Settings } from "../options.ts";
import { splitPictures } from "./split-pictures.ts";

/** A picture of one or three channels as RGB bytes [height, width, 3]. */
export function asRgb({ pixels, channels }: { readonly pixels: Uint8Array; readonly channels: 1 | 3 }): Uint8Array {
  if (channels === 3) return pixels;
  const rgb = new Uint8Array(3 * pixels.length);
  for (let i = 0; i < pixels.length; i++) rgb.fill(pixels[i], 3 * i, 3 * i + 3);
  return rgb;
}

/** Reads a source, brings its pictures to one size with the model's own geometry, and splits them. */
export async function loadDataset(
  source: Source,
  settings: Pick<Settings, "size" | "fit" | "split" | "groupBy" | "balance" | "seed" | "device">,
  onEvent: (event: ExperimentEvent) => void,
  signal?: AbortSignal,
): Promise<Dataset> {
  const { uniform } = source;
  const asked = settings.size ?? DEFAULT_SIZE;
  const [height, width] = settings.size === null && uniform ? [uniform.height, uniform.width] : [asked, asked];
  const channels = uniform?.channels ?? 3;
  const fits = uniform !== undefined && uniform.height === height && uniform.width === width;
  const model = fits
    ? undefined
    : await remoteModel(geometryModel({ height, width, channels, fit: settings.fit }), settings.device);
  try {
    const geometry: Geometry = async (picture) => {
      const pixels = { dtype: "uint8" as const, shape: [picture.height, picture.width, 3], data: asRgb(picture) };
      return (await model!.run({ pixels })).resized.data as Uint8Array;
    };
    const loaded = await load(source, {
      ...(fits ? {} : { size: height, geometry }),
      channels,
      onProgress: ({ done, total }) => onEvent({ type: "loading", done, total }),
      ...(signal ? { signal } : {}),
    });
    const { pictures, skipped } = loaded;
    const { split, notes } = await splitPictures(source, loaded, settings);
    return { source, classes: source.classes, pictures, split, skipped, notes: [...source.notes, ...notes] };
  } finally {
    await model?.close();
  }
}
