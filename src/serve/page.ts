import { commandHtml, escapeHtml, page, type Section } from "../report/index.ts";
import type { Limits } from "./limits.ts";
import type { Service } from "./service.ts";

/** The page asks its own server, shows pictures that were chosen, and loads nothing else. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'";

/** The page at `/`: a form to try the model with, how to call it, and within which limits. Nothing is loaded for it. */
export function servePage(service: Service, limits: Limits, origin: string): string {
  const { classes, features, unknownBelow } = service;
  const what = features ? `rows of ${features.length} numbers` : "pictures";
  return page({
    title: "Argmin",
    subtitle: `This model classifies ${what} into ${classes.length} classes: ${listed(classes, 12)}.${unknownBelow > 0 ? ` What is less probable than ${(100 * unknownBelow).toFixed(1)} % is called unknown.` : ""}`,
    sections: [trySection(features), callSection(service, origin), limitSection(service, limits)],
    ...{ style: STYLE, script: SCRIPT, policy: PAGE_POLICY },
  });
}

const listed = (names: readonly string[], most: number) =>
  names.length <= most ? names.join(", ") : `${names.slice(0, most).join(", ")}, … and ${names.length - most} more`;

const grouped = (n: number) => n.toLocaleString("en-US");

function trySection(features: readonly string[] | undefined): Section {
  const input = features
    ? `<p><label for="rows">Rows of numbers, in the order of ${escapeHtml(listed(features, 8))}:</label></p>
<textarea id="rows" rows="4" spellcheck="false">[[${features.map(() => 0).join(", ")}]]</textarea>
<p><button id="send" type="button">Classify</button></p>`
    : `<label id="drop" for="files"><input id="files" type="file" accept="image/*" multiple>
<span>Choose pictures, or drop them here.</span></label>`;
  return {
    heading: "Try it",
    body: `${input}
<p id="message" class="loud" role="alert"></p>
<div id="answers" aria-live="polite"></div>`,
  };
}

function callSection({ features }: Service, origin: string): Section {
  const commands = features
    ? [
        `curl -H 'Content-Type: application/json' -d '[${features.map(() => 0).join(", ")}]' ${origin}/predict`,
        `curl -H 'Content-Type: application/json' -d @rows.json '${origin}/predict?top=1'`,
      ]
    : [
        `curl --data-binary @picture.jpg ${origin}/predict`,
        `curl -F files=@1.jpg -F files=@2.jpg '${origin}/predict?top=1'`,
      ];
  const rows = [
    [
      "POST /predict",
      features
        ? "A row gives one answer: label, probability and the most probable classes. A list of rows gives a list of answers."
        : "A picture as the body gives one answer: label, probability and the most probable classes. A form with several files gives a list of answers.",
    ],
    ["GET /health", "Whether it answers, and how much is in hand."],
    ["GET /openapi.json", "All of this as an OpenAPI 3.1 document."],
  ];
  const cells = rows.map(([call, text]) => {
    const [method, path] = call!.split(" ") as [string, string];
    const shown = method === "GET" ? `${method} <a href="${path}">${path}</a>` : call!;
    return `<tr><td class="call">${shown}</td><td>${text}</td></tr>`;
  });
  return { heading: "Call it", body: `${commands.map(commandHtml).join("\n")}\n<table>${cells.join("\n")}</table>` };
}

function limitSection({ features, device }: Service, limits: Limits): Section {
  const { maxBytes, maxPixels, maxBatch, concurrency, queue, timeout } = limits;
  const items = features ? "rows" : "pictures";
  const rows = [
    ["a body", `${grouped(maxBytes)} bytes, within ${timeout} seconds`, "413, 408"],
    ...(features ? [] : [["a picture", `${grouped(maxPixels)} pixels`, "413"]]),
    ["a request", `${grouped(maxBatch)} ${items}`, "413"],
    ["at a time", `${concurrency} ${items === "rows" ? "requests" : items}; ${queue} requests wait`, "503"],
  ];
  const cells = rows.map(([name, limit, status]) => `<tr><td>${name}</td><td>${limit}</td><td>${status}</td></tr>`);
  return {
    heading: "Limits",
    body: `<table><tr><th>for</th><th>at most</th><th>else</th></tr>${cells.join("\n")}</table>
<p class="quiet">An error says what is wrong (<code>error</code>) and how to mend it (<code>fix</code>). Runs on ${escapeHtml(device)}.</p>`,
  };
}

const STYLE = `
.call, td:first-child { white-space: nowrap; }
#drop { display: block; border: 2px dashed var(--line); border-radius: 8px; padding: 24px; text-align: center; cursor: pointer; }
#drop:hover, #drop.over, #drop:focus-within { border-color: var(--accent); }
#drop input { position: absolute; opacity: 0; width: 1px; height: 1px; }
textarea { width: 100%; font: 0.9rem/1.5 ui-monospace, monospace; background: var(--paper); color: var(--ink); border: 1px solid var(--line); border-radius: 6px; padding: 8px; }
button { font: inherit; padding: 6px 16px; border-radius: 6px; border: 1px solid var(--accent); background: var(--accent); color: var(--paper); cursor: pointer; }
a { color: var(--accent); }
.answer { display: flex; gap: 16px; align-items: flex-start; padding: 12px 0; border-bottom: 1px solid var(--line); }
.answer img, .blank { width: 96px; height: 96px; object-fit: contain; background: color-mix(in srgb, var(--ink) 7%, transparent); border-radius: 4px; flex: none; }
.answer > div { flex: 1; min-width: 0; }
.bar { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr) 4.2rem; gap: 8px; align-items: center; font-size: 0.9rem; }
.bar i { display: block; height: 0.7em; background: var(--accent); border-radius: 2px; min-width: 1px; }
.bar span:last-child { text-align: right; font-variant-numeric: tabular-nums; }
`;

/** What others have written (names of files and classes) becomes text and never HTML. */
const SCRIPT = `
const byId = (id) => document.getElementById(id);
const make = (tag, text, name) => {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (name) element.className = name;
  return element;
};
const card = (answer, title, picture) => {
  const box = make("div", undefined, "answer");
  if (picture) {
    const image = make("img");
    image.alt = "";
    image.src = URL.createObjectURL(picture);
    image.onload = () => URL.revokeObjectURL(image.src);
    image.onerror = () => { URL.revokeObjectURL(image.src); image.replaceWith(make("span", undefined, "blank")); };
    box.append(image);
  }
  const text = make("div");
  box.append(text);
  if (title) text.append(make("div", title, "quiet"));
  if (answer.error) {
    text.append(make("div", answer.error, "loud"), make("div", answer.fix, "quiet"));
    return box;
  }
  text.append(make("b", answer.label ?? "unknown"));
  for (const { label, probability } of answer.top) {
    const bar = make("div", undefined, "bar");
    const track = make("span");
    const fill = make("i");
    fill.style.width = 100 * probability + "%";
    track.append(fill);
    bar.append(make("span", label), track, make("span", (100 * probability).toFixed(1) + " %"));
    text.append(bar);
  }
  return box;
};
const ask = async (request, titles, pictures) => {
  byId("message").textContent = "";
  try {
    const response = await fetch("predict", request);
    const told = await response.json();
    if (!response.ok) byId("message").textContent = told.error + ": " + told.fix;
    else byId("answers").replaceChildren(...[told].flat().map((one, i) => card(one, titles[i] ?? "", pictures[i])));
  } catch {
    byId("message").textContent = "The server does not answer.";
  }
};
const drop = byId("drop");
if (drop) {
  const send = (files) => {
    if (files.length === 0) return;
    const form = new FormData();
    for (const file of files) form.append("files", file);
    ask({ method: "POST", body: form }, files.map(({ name }) => name), files);
  };
  byId("files").onchange = ({ target }) => { send([...target.files]); target.value = ""; };
  drop.ondragover = (event) => { event.preventDefault(); drop.classList.add("over"); };
  drop.ondragleave = () => drop.classList.remove("over");
  drop.ondrop = (event) => { event.preventDefault(); drop.classList.remove("over"); send([...event.dataTransfer.files]); };
} else {
  byId("send").onclick = () =>
    ask({ method: "POST", headers: { "content-type": "application/json" }, body: byId("rows").value }, [], []);
}
`;
