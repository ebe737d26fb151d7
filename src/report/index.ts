export { type FigureOptions, figure } from "./figure.ts";
export { learningRateFigure, type RangeCurve } from "./learning-rate-figure.ts";
export { commandHtml, escapeHtml, type Page, page, type Section } from "./page.ts";
