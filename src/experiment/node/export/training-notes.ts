/** `README.md` of the exported training: how to take a step from any ONNX Runtime. */
import type { OpenedRun } from "./open-run.ts";

/** One input of a graph, and where its value comes from. */
export interface KitInput {
  readonly name: string;
  readonly dtype: "float32" | "uint8" | "int32";
  readonly shape: readonly number[];
  /**
   * The data; the state; `scalars.csv`; random bytes, drawn anew for each step; sums of gradients, zeros before the first part; or 1 over
   * the weight of all pictures of the step.
   */
  readonly from: "batch" | "state" | "scalars" | "noise" | "sum" | "share";
}

export interface KitGraph {
  readonly file: string;
  readonly inputs: readonly KitInput[];
  /** Outputs that are the next value of an input, with its name. */
  readonly next: Readonly<Record<string, string>>;
}

export interface Notes {
  readonly run: OpenedRun;
  readonly graphs: readonly KitGraph[];
  readonly batch: number;
  readonly parts: number;
  /** Of `scalars.csv`. */
  readonly rows: number;
}

const sources: Readonly<Record<KitInput["from"], string>> = {
  batch: "your data",
  state: "`state.safetensors`, then the output `next …`",
  scalars: "`scalars.csv`, the row of the step",
  noise: "random bytes, new for each step",
  sum: "zeros, then the output `next …` of the part before",
  share: "1 / (pictures of the whole step)",
};

export function trainingNotes({ run, graphs, batch, parts, rows }: Notes): string {
  const { recipe, facts } = run;
  const table = graphs.flatMap(({ file, inputs }) => [
    `### ${file}`,
    "",
    "| input | type | from |",
    "|---|---|---|",
    ...inputs.map(
      ({ name, dtype, shape, from }) => `| \`${name}\` | ${dtype} [${shape.join(", ")}] | ${sources[from]} |`,
    ),
    "",
  ]);
  const prepared =
    recipe.kind === "numbers"
      ? "`features` are rows of the features as they are in the data; the graph standardises them."
      : `\`pixels\` are RGB bytes, channels last, already ${recipe.height}×${recipe.width}${recipe.channels === 1 ? " and grey" : ""} (${facts.fit}); the graph normalises them.`;
  const whole = graphs.length === 1;
  const step = whole
    ? [
        '    graph = about["graphs"][0]',
        "    out = run(graph, row, data)",
        "    take(graph, out)",
        '    print(out["loss"])',
      ]
    : [
        '    gradient, update = about["graphs"]',
        "    for name in sums: sums[name] = np.zeros_like(state[name.removeprefix('sum of ')])",
        `    for part in data:  # ${parts} parts of ${batch} pictures`,
        "        take(gradient, run(gradient, row, part))",
        "    take(update, run(update, row, {}))",
      ];
  return `# A training step as ONNX

Written by argmin from the run \`${run.path.split(/[\\/]/).filter(Boolean).at(-1)}\`: ${recipe.model.name}, ${recipe.loss.name}, ${recipe.optimizer.name}. The graphs hold the forward pass, the backward
pass, the penalties and the update, in operators of the ONNX standard (opset 18): no training build of ONNX Runtime is needed, and no autograd.
They are traced for batches of ${batch}.

1. Load \`state.safetensors\`: the weights that the run shipped, and a fresh optimizer.
2. For step 1, 2, … feed the batch, the state, and the row of \`scalars.csv\` (${rows.toLocaleString("en-US")} rows; go on with the last one).${
    whole ? "" : `\n   Each step is ${parts} parts for gradient.onnx, then one update.onnx.`
  }
3. Every output \`next X\` is the \`X\` of the next step; \`loss\` is the mean loss before the update.

${prepared} \`labels\` are indices of ${JSON.stringify(facts.classes)}.

\`training.json\` says the same for programs, with the losses that two steps on a drawn batch gave where this was written.

## In Python

\`\`\`python
import csv, json, numpy as np, onnxruntime as ort
from safetensors.numpy import load_file

about = json.load(open("training.json"))
state = load_file("state.safetensors")
sums = {i["name"]: None for g in about["graphs"] for i in g["inputs"] if i["from"] == "sum"}
rows = list(csv.DictReader(open("scalars.csv")))
sessions = {g["file"]: ort.InferenceSession(g["file"]) for g in about["graphs"]}

def run(graph, row, data):
    feeds = {}
    for i in graph["inputs"]:
        name, origin = i["name"], i["from"]
        if origin == "batch": feeds[name] = data[name]
        elif origin == "state": feeds[name] = state[name]
        elif origin == "sum": feeds[name] = sums[name]
        elif origin == "noise": feeds[name] = np.random.randint(0, 256, i["shape"], np.uint8)
        elif origin == "share": feeds[name] = np.array(1 / (about["batch"] * about["parts"]), np.float32)
        else: feeds[name] = np.array(row[name], np.float32)
    names = [o.name for o in sessions[graph["file"]].get_outputs()]
    return dict(zip(names, sessions[graph["file"]].run(names, feeds)))

def take(graph, out):
    for output, name in graph["next"].items():
        (state if name in state else sums)[name] = out[output]

for number, data in enumerate(batches):  # batches: yours${whole ? ", each a dict of arrays" : ", each a list of parts, dicts of arrays"}
    row = rows[min(number, len(rows) - 1)]
${step.join("\n")}
\`\`\`

## The inputs

${table.join("\n")}`;
}
