export { type FigureOptions, figure } from "./figure.ts";
export { gallery, groups, type Shown } from "./gallery.ts";
export { type Histogram, histogramFigure } from "./histogram-figure.ts";
export { learningRateFigure, type RangeCurve } from "./learning-rate-figure.ts";
export { commandHtml, escapeHtml, type Page, page, type Section } from "./page.ts";
export { type ClassCounts, splitFigure } from "./split-figure.ts";
