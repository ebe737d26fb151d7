import { basename } from "node:path";
import { encodePng } from "../../../data/node/index.ts";
import { graphSvg, graphView, type Heading, imagesOf, type Traced, unitValues } from "../../../explain/index.ts";
import type { Values } from "../../../runtime/index.ts";
import type { OpenedRun } from "../export/open-run.ts";
import type { Example } from "./example.ts";

/** The figure of the network, from what a run of its unit graph gave. */
export async function graphOf(
  run: OpenedRun,
  traced: Traced,
  example: Example,
  results: Values,
  heading: Omit<Heading, "title">,
): Promise<string> {
  const known = { [traced.pixels.attrs.name]: example.values, ...run.weights };
  const { steps, parameters } = unitValues(traced, results, known);
  const cards = graphView(steps, parameters);
  const urls = await Promise.all(
    imagesOf(cards).map(async (image) => {
      const png = Buffer.from(await encodePng(image)).toString("base64");
      return [image, `data:image/png;base64,${png}`] as const;
    }),
  );
  const { name: model } = run.recipe.model;
  return graphSvg(cards, { ...heading, title: `${model}: ${basename(example.name)}` }, new Map(urls));
}
