import { escapeHtml, gallery, pictureHtml, type Section, type Shown } from "../../report/index.ts";
import type { Prediction } from "../predictions.ts";
import { type RunPageData, thingsOf } from "./page-data.ts";
import { grouped, paragraph, percent } from "./words.ts";

type Judged = NonNullable<RunPageData["judged"]>;

/** The mistakes that cost most. */
export function mistakesSection(data: RunPageData, { choices, name, figures }: Judged): Section {
  const { run, pictures, overlays, dataset } = data;
  const wrong = Math.round(figures.images * (1 - figures.accuracy));
  const heading = "Worst mistakes";
  if (wrong === 0)
    return { heading, id: "mistakes", body: paragraph(`There is none among the ${name} ${thingsOf(data)}.`) };
  const { classes } = run;
  const cards = choices.worst.flatMap((one): Shown[] => {
    const { index, path, truth, predicted, probability } = one;
    const image = dataset.source.numbers ? null : pictures.get(index);
    if (image === undefined) return [];
    const beside = overlays?.tiles.get(index);
    const title = `${classes[truth]}, taken for ${classes[predicted]} (${percent(probability)})`;
    return [{ image, path, title, ...(beside ? { beside } : {}) }];
  });
  const how = `Of ${grouped(wrong)} mistakes among the ${name} ${thingsOf(data)} those with the largest loss: the truth was thought least likely. Some labels may be wrong, not the answers.`;
  const explained = overlays === undefined ? "" : paragraph(overlays.explanation);
  return {
    heading,
    id: "mistakes",
    body: paragraph(how) + explained + gallery(cards, overlays === undefined ? "" : "paired"),
  };
}

/** Classes up to which all pictures are in sight. */
const UNFOLDED = 12;

/** What the model holds for the rule of each class, and where it hesitates. */
export function classesSection({ run, pictures }: RunPageData, { choices, name }: Judged): Section {
  const { classes } = run;
  const row = (shown: readonly Prediction[], tell: (one: Prediction) => { readonly title?: string }) =>
    gallery(
      shown.flatMap((one) => {
        const image = pictures.get(one.index);
        return image === undefined ? [] : [{ image, path: one.path, ...tell(one) }];
      }),
      "small",
    );
  const both = ({ predicted, probability, second, secondProbability }: Prediction) => ({
    title: `${classes[predicted]} ${percent(probability)}, ${classes[second]} ${percent(secondProbability)}`,
  });
  const parts = choices.classes.map(({ label, typical, doubtful }) => {
    const sure = typical.length === 0 ? paragraph("None was found.", "quiet") : row(typical, () => ({}));
    const lists = `<p class="quiet">Most typical</p>${sure}<p class="quiet">Most doubtful</p>${row(doubtful, both)}`;
    const name = escapeHtml(classes[label]);
    // The classes of a long list are looked at one by one.
    return choices.classes.length > UNFOLDED
      ? `<details><summary>${name}</summary>${lists}</details>`
      : `<h3>${name}</h3>\n${lists}`;
  });
  const some =
    choices.classes.length < classes.length
      ? ` Of ${grouped(classes.length)} classes, the ${choices.classes.length} of which least is found.`
      : "";
  const how = `Of each class the ${name} pictures that it answers rightly and with the largest lead over the second class, and those where the two likeliest classes are closest.${some}`;
  return { heading: "Typical and doubtful", id: "typical", body: paragraph(how) + parts.join("\n") };
}

const headings = {
  templates: "What each class looks like to it",
  units: "First layer",
  filters: "First filters",
} as const;

/** The weights that touch the pixels. */
export function weightsSection({ run, weights }: RunPageData): Section[] {
  if (weights === undefined) return [];
  const { drawn, tiles } = weights;
  const { kind, total, units, channels } = drawn;
  const colours =
    channels === 4
      ? "Blue weights are above 0, orange ones below; where the background shows, a weight is 0."
      : "Colours are those that a weight answers to; middle grey is 0.";
  const what = {
    templates: `The template of each class: a picture's score is its inner product with it. ${tiles.length < total ? `Of ${grouped(total)} classes, the first ${tiles.length}.` : ""}`,
    units: `Each is what one unit of the first layer answers to${some(total, tiles.length, "units")}.`,
    filters: `Each is one filter of the first layer${some(total, tiles.length, "filters")}.`,
  }[kind];
  const shown = tiles.map((image, i) =>
    kind === "templates"
      ? `<li>${pictureHtml(image)}<div class="words"><small>${escapeHtml(run.classes[units[i].unit])}</small></div></li>`
      : `<li>${pictureHtml(image)}</li>`,
  );
  const size = { templates: "weights", units: "weights small", filters: "weights tiny" }[kind];
  return [
    {
      heading: headings[kind],
      id: "weights",
      body: `${paragraph(`${what} ${colours}`)}<ul class="gallery ${size}">${shown.join("\n")}</ul>`,
    },
  ];
}

const some = (total: number, shown: number, what: string) =>
  shown < total ? `; of ${grouped(total)} ${what}, the ${shown} with the largest weights` : "";
