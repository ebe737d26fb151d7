/**
 * The exported page in a real Chromium: are its probabilities those of native and Wasm ONNX Runtime from the same RGB bytes,
 * and how far apart do a browser and sharp decode the same file?
 *
 *   node bench/browser.js RUN PICTURES [count]
 *
 * RUN is a finished run, PICTURES its data; prints one JSON line.
 */

import { readFile } from "node:fs/promises";
import { decodePicture, openClassifier } from "argmin";
import { openSource } from "../dist/data/node/index.js";
import { launch, serveFolder } from "./chromium.js";
import { argmin } from "./support.js";

const [run, data, count = "1000"] = process.argv.slice(2);
const { web } = argmin(["export", run, "--web", "--data", data]).at(-1);
const server = await serveFolder(web);
const browser = await launch();
try {
  const page = await browser.newPage();
  await page.goto(server.url);
  const source = await openSource(data);
  const stride = Math.max(1, Math.floor(source.paths.length / Number(count)));
  const indices = [...source.paths.keys()].filter((index) => index % stride === 0).slice(0, Number(count));
  const places = { native: await openClassifier(run, "cpu"), wasm: await openClassifier(run, "wasm") };
  const largest = { native: 0, wasm: 0, decoding: 0 };
  let [otherLabels, otherAfterDecoding, bytes, off, most] = [0, 0, 0, 0, 0];
  const bestOf = (probabilities) => probabilities.indexOf(Math.max(...probabilities));
  const apart = (a, b) => Math.max(...a.map((p, i) => Math.abs(p - b[i])));
  const inPage = ({ base64, width, height }) =>
    page.evaluate(
      async ({ base64, width, height }) => {
        const { classify } = await import("./classify.js");
        const pixels = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        return [...(await classify({ pixels, width, height }))];
      },
      { base64, width, height },
    );
  for (const index of indices) {
    const picture = await source.read(index);
    const rgb =
      picture.channels === 3
        ? picture.pixels
        : picture.pixels.reduce(
            (all, v, i) => all.fill(v, 3 * i, 3 * i + 3),
            new Uint8Array(3 * picture.pixels.length),
          );
    const { width, height } = picture;
    const found = await inPage({ base64: Buffer.from(rgb).toString("base64"), width, height });
    for (const [name, place] of Object.entries(places)) {
      const expected = [...(await place.classify(picture))];
      largest[name] = Math.max(largest[name], apart(found, expected));
      if (bestOf(found) !== bestOf(expected)) otherLabels++;
    }
    const file = source.files?.[index];
    if (file === undefined) continue;
    const base64 = (await readFile(file)).toString("base64");
    const decoded = await page.evaluate(async (base64) => {
      const { classify, decode } = await import("./classify.js");
      const blob = new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))]);
      const picture = await decode(blob);
      return {
        probabilities: [...(await classify(picture))],
        rgb: btoa(Array.from(picture.pixels, (v) => String.fromCharCode(v)).join("")),
      };
    }, base64);
    const own = await decodePicture(file);
    const bytesOf = own.channels === 3 ? own.pixels : rgb;
    bytes += bytesOf.length;
    for (const [i, value] of Buffer.from(decoded.rgb, "base64").entries()) {
      const difference = Math.abs(value - bytesOf[i]);
      if (difference > 0) off++;
      most = Math.max(most, difference);
    }
    largest.decoding = Math.max(largest.decoding, apart(decoded.probabilities, found));
    if (bestOf(decoded.probabilities) !== bestOf(found)) otherAfterDecoding++;
  }
  const decoding =
    bytes === 0
      ? {}
      : {
          decoding: {
            bytes,
            shareOff: off / bytes,
            mostOff: most,
            largest: largest.decoding,
            otherLabels: otherAfterDecoding,
          },
        };
  console.log(
    JSON.stringify({ pictures: indices.length, native: largest.native, wasm: largest.wasm, otherLabels, ...decoding }),
  );
  await Promise.all(Object.values(places).map((place) => place.close()));
} finally {
  await browser.close();
  await server.close();
}
