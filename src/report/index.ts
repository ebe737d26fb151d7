export { type FigureOptions, figure } from "./figure.ts";
export { learningRateFigure, type RangeCurve } from "./learning-rate-figure.ts";
export { escapeHtml, type Page, page, type Section } from "./page.ts";
