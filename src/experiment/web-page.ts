/**
 * The page that `argmin export --web` writes: `classify.js` turns pictures into RGB bytes and asks the model, `page.js` shows
 * what it says. Both are plain modules that a page of one's own can use; they load nothing from elsewhere.
 */
import { escapeHtml } from "../report/index.ts";

/** What the page has to know of its model. */
export interface WebModel {
  /** Shown as the heading. */
  readonly title: string;
  readonly classes: readonly string[];
  /** The least probability that counts as an answer; null where every answer counts. */
  readonly unknown: number | null;
  /** The file name of ONNX Runtime's module. */
  readonly runtime: string;
  /** The file name of the weights, where they are not in the model. */
  readonly data: string | null;
}

/** `classify.js`. */
export const classifyModule = ({
  classes,
  unknown,
  runtime,
  data,
}: WebModel): string => `import * as ort from "./${runtime}";

/** One thread: more need a server that sends the headers of cross-origin isolation. */
ort.env.wasm.numThreads = 1;

export const classes = ${JSON.stringify(classes)};
/** The least probability that counts as an answer; null where every answer counts. */
export const threshold = ${JSON.stringify(unknown)};

let session;

/** Loads the model once. */
export function load() {
  const at = (name) => new URL(name, import.meta.url).href;
  session ??= ort.InferenceSession.create(at("./model.onnx"), {
    executionProviders: ["wasm"],${data === null ? "" : `\n    externalData: [{ path: ${JSON.stringify(data)}, data: at(${JSON.stringify(`./${data}`)}) }],`}
  });
  return session;
}

/** A picture file as RGB bytes: turned as its EXIF says, transparency over white. */
export async function decode(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  const pixels = new Uint8Array(3 * width * height);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    pixels[to] = data[from];
    pixels[to + 1] = data[from + 1];
    pixels[to + 2] = data[from + 2];
  }
  return { pixels, width, height };
}

let turn = Promise.resolve();

/** RGB bytes [height, width, 3] to the probability of each class, one picture after the other. */
export function classify({ pixels, width, height }) {
  const answer = turn.then(async () => {
    const model = await load();
    const { probabilities } = await model.run({ pixels: new ort.Tensor("uint8", pixels, [height, width, 3]) });
    return probabilities.data;
  });
  turn = answer.catch(() => {});
  return answer;
}
`;

/** `page.js`. */
export const pageModule = `import { classes, classify, decode, load, threshold } from "./classify.js";

const SHOWN = 5;
const byId = (id) => document.getElementById(id);
const status = byId("status");
const input = byId("file");
let latest = 0;

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function show(probabilities) {
  const ranked = classes.map((name, i) => ({ name, p: probabilities[i] })).sort((a, b) => b.p - a.p);
  const refused = threshold !== null && ranked[0].p < threshold;
  byId("answer").textContent = refused ? "none of the above" : ranked[0].name;
  byId("bars").replaceChildren(
    ...ranked.slice(0, SHOWN).map(({ name, p }) => {
      const row = element("li", refused ? "quiet" : "");
      const bar = element("span", "bar");
      bar.style.setProperty("--share", String(p));
      row.append(element("span", "name", name), bar, element("span", "percent", (100 * p).toFixed(1) + " %"));
      return row;
    }),
  );
  byId("result").hidden = false;
}

async function take(file) {
  if (file === undefined || file === null) return;
  const own = ++latest;
  status.textContent = "Looking…";
  try {
    const picture = await decode(file);
    const probabilities = await classify(picture);
    if (own !== latest) return;
    const image = byId("picture");
    URL.revokeObjectURL(image.src);
    image.src = URL.createObjectURL(file);
    image.alt = file.name ?? "the picture";
    show(probabilities);
    status.textContent = (file.name ?? "picture") + ", " + picture.width + "×" + picture.height;
  } catch (error) {
    if (own !== latest) return;
    byId("result").hidden = true;
    status.textContent = (file.name ?? "It") + " cannot be read: " + error.message;
  }
}

input.addEventListener("change", () => take(input.files[0]));
addEventListener("paste", (event) => take(event.clipboardData.files[0]));
addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("over");
});
addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) document.body.classList.remove("over");
});
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("over");
  take(event.dataTransfer.files[0]);
});

load().then(
  () => {
    input.disabled = false;
    status.textContent = "Ready. The picture stays on this device.";
    // A picture that was chosen while the model was loading.
    take(input.files[0]);
  },
  (error) => {
    status.textContent = "The model cannot be loaded: " + error.message;
  },
);
`;

const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1c1e21; --quiet: #5b6169; --line: #d8dce1; --accent: #1f6feb; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14171a; --ink: #e6e8ea; --quiet: #a2a9b1; --line: #343a41; --accent: #6cb0ff; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 640px; min-height: 100vh; padding: 24px 16px 48px; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 4px; }
.quiet, #classes, #status { color: var(--quiet); }
#classes { margin: 0 0 16px; }
label { display: block; padding: 28px 16px; text-align: center; border: 2px dashed var(--line); border-radius: 10px; cursor: pointer; }
label:focus-within, .over label { border-color: var(--accent); }
label b { color: var(--accent); }
input { position: absolute; width: 1px; height: 1px; opacity: 0; }
#status { min-height: 1.5em; margin: 12px 0; font-size: 0.9rem; }
#result { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); gap: 20px; align-items: start; }
#result[hidden] { display: none; }
#picture { width: 100%; max-height: 60vh; min-height: 96px; object-fit: contain; border-radius: 6px; image-rendering: auto; background: color-mix(in srgb, var(--ink) 7%, transparent); }
#answer { font-size: 1.3rem; font-weight: 600; margin: 0 0 8px; }
#bars { list-style: none; margin: 0; padding: 0; }
#bars li { display: grid; grid-template-columns: minmax(0, 1fr) auto; column-gap: 12px; margin-bottom: 10px; font-size: 0.95rem; }
#bars .percent { font-variant-numeric: tabular-nums; grid-area: 1 / 2; }
#bars .bar { grid-column: 1 / 3; height: 8px; border-radius: 4px; background: color-mix(in srgb, var(--ink) 9%, transparent); overflow: hidden; }
#bars .bar::before { content: ""; display: block; height: 100%; width: calc(100% * var(--share)); background: var(--accent); }
#bars .quiet .bar::before { background: var(--quiet); }
@media (max-width: 480px) { #result { grid-template-columns: 1fr; } #picture { max-height: 40vh; } }
`;

const AS_FILE =
  "Loading… If this stays, the page was opened as a file, which browsers give no model: serve its folder, for example with python3 -m http.server.";

/** `index.html`. */
export const webPage = ({ title, classes }: WebModel): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src blob: data:; style-src 'unsafe-inline'">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p id="classes">Knows ${escapeHtml(listed(classes))}.</p>
<label><input type="file" id="file" accept="image/*"><b>Choose a picture</b>, drop one here, or paste it</label>
<p id="status" role="status">${escapeHtml(AS_FILE)}</p>
<div id="result" hidden>
<img id="picture" alt="">
<div>
<p id="answer"></p>
<ol id="bars"></ol>
</div>
</div>
<script type="module" src="page.js"></script>
</body>
</html>
`;

/** At most a dozen names. */
function listed(classes: readonly string[]): string {
  const shown = classes.slice(0, 12);
  const rest = classes.length - shown.length;
  if (rest > 0) return `${shown.join(", ")}, and ${rest} more`;
  return `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
