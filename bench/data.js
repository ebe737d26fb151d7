/**
 * How fast do pictures come in, and how much memory do they take?
 *
 *   decode   JPEGs of 500×375, decoded and resized to 64×64 by `train`'s loading, beside Pillow's full decode and resize in a
 *            pool of as many processes as there are cores; in turn, medians. Ratio: Pillow's seconds over ours.
 *   cache    the same loading out of the cache. Ratio: the first run's seconds over the second's.
 *   memory   a linear model for one epoch on ten times as many pictures, streamed from a file: peak resident sizes and theirs
 *            as a ratio.
 *
 *   node bench/data.js [pictures = 20000] [rounds = 2] [streamed = 200000]
 *
 * One JSON object a line. The pictures are made: a few hundred different ones, each written several times.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { jsonLines, median } from "./support.js";

const own = fileURLToPath(import.meta.url);
const [WIDTH, HEIGHT, SIZE] = [500, 375, 64];
/** Different pictures; the others are their copies, which the decoder cannot know. */
const DIFFERENT = 200;
/** Decoded pictures of more than this are streamed in the part on memory. */
const MEMORY_MIB = 32;

/** Two classes of made pictures with coarse waves and fine noise: 30 kB each as a JPEG of quality 85, like photographs. */
export async function makePictures(folder, count) {
  const { default: sharp } = await import("sharp");
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const paths = [];
  for (const name of ["a", "b"]) mkdirSync(join(folder, name), { recursive: true });
  for (let i = 0; i < count; i++) {
    const path = join(folder, i % 2 === 0 ? "a" : "b", `${i}.jpg`);
    paths.push(path);
    if (i >= DIFFERENT) {
      copyFileSync(paths[i % DIFFERENT], path);
      continue;
    }
    const pixels = Buffer.alloc(WIDTH * HEIGHT * 3);
    const strength = [90 * random(), 90 * random(), 90 * random()];
    const [across, down] = [0.02 + 0.1 * random(), 0.02 + 0.1 * random()];
    for (let at = 0; at < pixels.length; at++) {
      const place = Math.floor(at / 3);
      const wave = Math.sin((place % WIDTH) * across) * Math.cos(Math.floor(place / WIDTH) * down);
      pixels[at] = Math.max(0, Math.min(255, 128 + strength[at % 3] * wave + 24 * (random() - 0.5)));
    }
    const raw = { raw: { width: WIDTH, height: HEIGHT, channels: 3 } };
    writeFileSync(path, await sharp(pixels, raw).jpeg({ quality: 85 }).toBuffer());
  }
}

const pillow = `
import glob, json, resource, sys, time
from multiprocessing import Pool
from PIL import Image

def resized(path):
    picture = Image.open(path).convert("RGB")
    scale = min(${SIZE} / picture.width, ${SIZE} / picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    framed = Image.new("RGB", (${SIZE}, ${SIZE}), (128, 128, 128))
    framed.paste(picture.resize(size, Image.BILINEAR), ((${SIZE} - size[0]) // 2, (${SIZE} - size[1]) // 2))
    return framed.tobytes()

if __name__ == "__main__":
    paths = sorted(glob.glob(sys.argv[1] + "/*/*.jpg"))
    start = time.perf_counter()
    with Pool(int(sys.argv[2])) as pool:
        rows = pool.map(resized, paths, chunksize=16)
        pool.close()
        pool.join()
    seconds = time.perf_counter() - start
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(one.ru_utime + one.ru_stime for one in used)
    print(json.dumps({"seconds": seconds, "cpuSeconds": cpu, "pictures": len(rows)}))
`;

/** Seconds of loading a folder, in this process. */
async function load(folder, cache) {
  const { openSource } = await import("../dist/data/node/index.js");
  const { loadDataset } = await import("../dist/experiment/node/load-dataset.js");
  const { resolve } = await import("../dist/experiment/resolve.js");
  const source = await openSource(folder);
  const settings = resolve({ data: folder, size: SIZE, cache }, source);
  const started = performance.now();
  const { pictures } = await loadDataset(source, settings, () => {});
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage();
  return { seconds, cpuSeconds: (user + system) / 1e6, pictures: pictures.count };
}

/** Peak resident MiB of training on so many pictures that are made when they are read. */
async function stream(count, cache, pictureMemory = MEMORY_MIB) {
  const { linear, train } = await import("../dist/index.js");
  const side = 32;
  const read = async (index) => {
    const pixels = new Uint8Array(side * side * 3);
    for (let at = 0; at < pixels.length; at++) pixels[at] = Math.imul(at + 7, index + 13) >>> 5;
    return { pixels, height: side, width: side, channels: 3 };
  };
  const data = {
    kind: "folder",
    name: "made",
    classes: ["a", "b"],
    paths: Array.from({ length: count }, (_, i) => `${i}`),
    labels: Int32Array.from({ length: count }, (_, i) => i % 2),
    declared: new Array(count),
    skipped: [],
    notes: [],
    read,
  };
  const started = performance.now();
  const run = await train({ data, model: linear(), size: side, epochs: 1, cache, pictureMemory });
  const { maxRSS } = process.resourceUsage();
  const seconds = (performance.now() - started) / 1000;
  return { pictures: count, peakMiB: maxRSS / 1024, trainSeconds: run.seconds, seconds };
}

const child = (...args) => jsonLines(process.execPath, [own, ...args.map(String)])[0];

/** One line for each question. */
export async function measure(pictures, rounds, streamed) {
  const folder = mkdtempSync(join(tmpdir(), "argmin-bench-"));
  const lines = [];
  const tell = (line) => {
    lines.push(line);
    console.log(JSON.stringify(line));
  };
  try {
    const data = join(folder, "pictures");
    await makePictures(data, pictures);
    const script = join(folder, "pillow.py");
    writeFileSync(script, pillow);
    const runs = { theirs: [], first: [], second: [] };
    for (let round = 0; round < rounds; round++) {
      const cache = join(folder, `cache${round}`);
      runs.first.push(child("load", data, cache));
      try {
        runs.theirs.push(jsonLines("/usr/bin/python3", [script, data, availableParallelism()])[0]);
      } catch {
        // Pillow is not everywhere; what it is compared with is still worth knowing.
      }
      runs.second.push(child("load", data, cache), child("load", data, cache));
      rmSync(cache, { recursive: true });
    }
    const of = (name, what) => (runs[name].length > 0 ? median(runs[name].map((run) => run[what])) : null);
    const ratioOf = (what) => (runs.theirs.length > 0 ? of("theirs", what) / of("first", what) : null);
    const [first, second] = [of("first", "seconds"), of("second", "seconds")];
    tell({
      question: "decode",
      ...{ pictures, argminSeconds: first, pillowSeconds: of("theirs", "seconds"), ratio: ratioOf("seconds") },
      // What a machine that is busy with other things cannot spoil; our starting of Node and of the threads is counted in.
      ...{
        argminCpu: of("first", "cpuSeconds"),
        pillowCpu: of("theirs", "cpuSeconds"),
        ratioCpu: ratioOf("cpuSeconds"),
      },
      runs,
    });
    tell({ question: "cache", pictures, firstSeconds: first, secondSeconds: second, ratio: first / second });
    const [few, many] = [streamed / 10, streamed].map((count) => child("stream", count, folder));
    tell({ question: "memory", few, many, ratio: many.peakMiB / few.peakMiB });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return lines;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , first, second, third, fourth] = process.argv;
  if (first === "load") console.log(JSON.stringify(await load(second, third)));
  else if (first === "stream")
    console.log(JSON.stringify(await stream(Number(second), third, Number(fourth ?? MEMORY_MIB))));
  else await measure(Number(first ?? 20_000), Number(second ?? 2), Number(third ?? 200_000));
}
