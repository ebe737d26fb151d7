/** What is promised of data: reading them, keeping them, changing them, and finding what is wrong with them. */
import { join } from "node:path";
import { atLeast, atMost, jsonLines, root, shared, suite } from "./support.js";

const script = (name, ...args) => jsonLines(process.execPath, [join(root, "bench", name), ...args.map(String)]);

/** The lines of bench/data.js, measured once for the three bars that need them. */
let measured;
const data = (question) => {
  measured ??= script("data.js", 20_000, 2, 200_000);
  return measured.find((line) => line.question === question);
};

/** Of 3 % of the labels made wrong, the share that `check` ranks among its first 6 %: the least of three seeds. */
async function plantedErrors() {
  const { Random } = await import("../dist/core/index.js");
  const { openSource } = await import("../dist/data/node/index.js");
  const { check } = await import("../dist/check/node/index.js");
  const opened = await openSource(join(shared, "data", "sign-digits", "images"));
  const { files: _, ...rest } = opened;
  const count = opened.paths.length;
  const found = [];
  for (const seed of [1, 2, 3]) {
    const random = new Random(seed, "planted");
    const planted = random.shuffle([...opened.paths.keys()]).slice(0, Math.round(0.03 * count));
    const labels = opened.labels.slice();
    for (const i of planted) labels[i] = (labels[i] + 1 + random.below(9)) % opened.classes.length;
    const { ranking } = (await check({ data: { ...rest, labels }, seed })).labels;
    const first = new Set(ranking.subarray(0, Math.round(0.06 * count)));
    found.push(planted.filter((i) => first.has(i)).length / planted.length);
  }
  return found;
}

export const dataBars = [
  {
    name: "data: PngSuite to the pixel, EXIF turns",
    long: true,
    needs: "shared",
    run: () => suite(["src/data/node/decode.test.ts"], { project: "files" }),
  },
  ...[
    ["2,000 good pictures among 200 bad ones", "test/e2e/layouts.test.ts", "2,000 good"],
    [
      "ten kills while the cache is written",
      "test/e2e/cache.test.ts",
      "processes killed",
      { ARGMIN_KILLED_CACHES: "10" },
    ],
    ["48 megapixels several times under a gigabyte", "test/e2e/huge-pictures.test.ts", undefined],
    ["trees of odd names", "test/e2e/odd-names.test.ts", undefined],
  ].map(([name, file, named, env]) => ({
    name: `data: ${name}`,
    long: true,
    run: () => suite([file], { project: "slow", ...(named ? { named } : {}), ...(env ? { env } : {}) }),
  })),
  {
    name: "data: planted label errors among the first 6 %",
    long: true,
    needs: "shared",
    run: async () => {
      const shares = await plantedErrors();
      const least = Math.min(...shares);
      return { value: least, ...atLeast(0.5)(least), shares };
    },
  },
  {
    name: "data: decode and resize, times Pillow's speed",
    kind: "time",
    long: true,
    run: () => {
      const { ratio, ratioCpu, argminSeconds, pillowSeconds } = data("decode");
      if (ratio === null) return { value: null, target: "/usr/bin/python3 has no Pillow", ok: true };
      return { value: ratio, ...atLeast(0.8)(ratio), ratioCpu, argminSeconds, pillowSeconds };
    },
  },
  {
    name: "data: second epoch from the cache, times the first",
    kind: "time",
    long: true,
    run: () => {
      const { ratio, firstSeconds, secondSeconds } = data("cache");
      return { value: ratio, ...atLeast(20)(ratio), firstSeconds, secondSeconds };
    },
  },
  {
    // Names, labels and splits are in memory; the 3,072 bytes of each picture are not.
    name: "data: memory for each of 180,000 more pictures that stream, bytes",
    long: true,
    run: () => {
      const { few, many } = data("memory");
      const each = ((many.peakMiB - few.peakMiB) * 2 ** 20) / (many.pictures - few.pictures);
      return { value: each, ...atMost(500)(each), fewMiB: few.peakMiB, manyMiB: many.peakMiB };
    },
  },
  {
    name: "data: pictures a second of a cnn step with augmentation, times those without",
    kind: "time",
    long: true,
    run: () => {
      const { ratio, step_ms, fed_ms } = script("augment.js", "standard", 9).at(-1);
      return { value: ratio, ...atLeast(0.9)(ratio), stepMs: step_ms, augmentedMs: fed_ms };
    },
  },
];
