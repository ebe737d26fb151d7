import { epochsFigure, type Section } from "../../report/index.ts";
import type { RunPageData } from "./page-data.ts";
import { paragraph } from "./words.ts";

/** How the run went, epoch by epoch, or iteration by iteration. */
export function curvesSection({ run, iterations }: RunPageData): Section {
  const figures = run.solution === null ? overEpochs(run) : overIterations(iterations);
  const body =
    figures.length > 0
      ? `<div class="halves">${figures.join("\n")}</div>`
      : paragraph(
          run.solution === null
            ? "It ended before its first epoch did, so there is no curve."
            : "The solver went to the optimum in one step, so there is no curve.",
        );
  return { heading: "Training", id: "training", body };
}

function overEpochs({ history, best }: RunPageData["run"]): string[] {
  if (history.length === 0) return [];
  const common = {
    over: "epoch",
    at: history.map(({ epoch }) => epoch),
    ...(best.epoch > 0 ? { best: best.epoch } : {}),
  };
  const validation = history.map(({ validationLoss }) => validationLoss);
  const accuracy = history.map(({ validationAccuracy }) => validationAccuracy);
  const norms = history.map(({ gradientNorm }) => gradientNorm);
  const zeros = history.map(({ zeros: share }) => share);
  const known = (values: readonly (number | null)[]) => values.some((value) => value !== null);
  const figures = [
    epochsFigure({
      ...common,
      powers: true,
      heading: "Loss",
      caption:
        "Of training the mean over the epoch, while the weights change and pictures are augmented; of validation after it.",
      curves: [
        { name: "train", colour: "accent", values: history.map(({ trainLoss }) => trainLoss) },
        ...(known(validation) ? [{ name: "validation", colour: "second" as const, values: validation }] : []),
      ],
    }),
  ];
  const single = (
    heading: string,
    caption: string,
    values: readonly (number | null)[],
    scale: { readonly percent?: boolean; readonly powers?: boolean } = {},
  ) => {
    if (!known(values)) return;
    const curves = [{ name: heading.toLowerCase(), colour: "accent" as const, values }];
    figures.push(epochsFigure({ ...common, heading, caption, curves, ...scale }));
  };
  single("Validation accuracy", "Share of the validation pictures that are answered rightly.", accuracy, {
    percent: true,
  });
  single(
    "Learning rate",
    "At the last step of each epoch.",
    history.map(({ learningRate }) => learningRate),
  );
  single("Gradient norm", "Length of the gradient of loss and penalties at the epoch's end, over one batch.", norms, {
    powers: true,
  });
  single("Weights at zero", "Share of the weights that are nearer to 0 than 0.0001.", zeros, {
    percent: true,
  });
  return figures;
}

function overIterations(iterations: RunPageData["iterations"]): string[] {
  if (iterations.length < 2) return [];
  const common = { powers: true, over: "iteration", at: iterations.map(({ iteration }) => iteration) };
  return [
    epochsFigure({
      ...common,
      heading: "Objective",
      caption: "The loss over all training pictures with the penalties, which the solver minimises.",
      curves: [{ name: "objective", colour: "accent", values: iterations.map(({ objective }) => objective) }],
    }),
    epochsFigure({
      ...common,
      heading: "Distance from the optimum",
      caption: "The solver's own measure; it ends where this falls below the tolerance.",
      curves: [{ name: "distance", colour: "accent", values: iterations.map(({ optimality }) => optimality) }],
    }),
  ];
}
