import { choose } from "../../../core/index.ts";
import { feedsOf, type HeatMap, heatFrom, heatGraph, methodFor, modelFor, unitGraph } from "../../../explain/index.ts";
import { probabilities } from "../../../metrics/index.ts";
import { remoteModel } from "../../../runtime/node/index.ts";
import { network } from "../../../train/index.ts";
import { type OpenedRun, openRun } from "../export/open-run.ts";
import { contributionsOf, type Example, exampleOf, heatOn } from "./example.ts";
import { graphOf } from "./graph.ts";
import type { ClassScore, ExplainOptions, Explanation } from "./options.ts";
import { writeExplanation } from "./write-explanation.ts";

/**
 * Says where the score of a class comes from, for one picture: the places of the picture that speak for it, or, of a row of
 * numbers, what each of them adds.
 *
 * @param folder of a finished run
 * @param picture a picture file; for a run on numbers a file of rows, of which `row` names one
 * @example
 * const { predicted, heat } = await explain("runs/photos-cnn", "cat.jpg", { out: "explained" });
 *
 * @throws UsageError when there is no finished run or no such picture, class or method
 */
export async function explain(folder: string, picture: string, options: ExplainOptions = {}): Promise<Explanation> {
  const run = await openRun(folder);
  const traced = network(run.recipe, 1);
  const method = methodFor(traced, options.method);
  const { classes } = run.facts;
  const byLabel = Object.fromEntries(classes.map((label, c) => [label, c]));
  const wanted = options.class === undefined ? undefined : choose("class", byLabel, options.class);
  const asked = (options.graph ? unitGraph : heatGraph)(traced, method);
  const { model: bytes, held } = modelFor(asked, run.weights, "explanation");
  const opening = remoteModel(bytes, options.device, held);
  opening.catch(() => {});
  try {
    const example = await exampleOf(run, picture, options);
    const model = await opening;
    const ask = (about: number) => model.run(feedsOf(traced, example.values, [about]));
    // Which class is predicted is known when the scores are; until then any will do.
    const first = await ask(wanted ?? 0);
    const scores = scoresOf(run, first.scores.data as Float32Array);
    const explained = wanted ?? byLabel[scores[0].label];
    const results = explained === (wanted ?? 0) ? first : await ask(explained);
    const [map] = heatFrom(method, results).maps;
    const about = { scores, explained: classes[explained] };
    const found = {
      picture: example.name,
      ...{ ...about, predicted: scores[0].label, method: method.name },
      ...(scores[0].probability < (run.facts.unknown?.below ?? 0) ? { unknown: true as const } : {}),
      ...whereFrom(run, example, map),
      ...(options.graph ? { graph: await graphOf(run, traced, example, results, about) } : {}),
      notes: model.notes,
    };
    return { ...found, files: options.out === undefined ? [] : await writeExplanation(found, options.out) };
  } finally {
    await (await opening).close();
  }
}

const whereFrom = (run: OpenedRun, { picture, values }: Example, map: HeatMap) =>
  picture === undefined
    ? { contributions: contributionsOf(run, values as Float32Array, map) }
    : { heat: heatOn(run, picture, map) };

/** Every class, the most probable first, as `predict` says it. */
function scoresOf({ facts: { classes, temperature } }: OpenedRun, scores: Float32Array): ClassScore[] {
  const p = probabilities(scores, classes.length, temperature);
  const all = classes.map((label, c) => ({ label, probability: p[c], score: scores[c] }));
  return all.sort((a, b) => b.probability - a.probability);
}
