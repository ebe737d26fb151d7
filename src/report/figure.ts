import { type PlotOptions, plot } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { escapeHtml } from "./page.ts";

export interface FigureOptions {
  /** What the figure shows, for those who do not see it. */
  readonly label: string;
  /** Text below it. */
  readonly caption: string;
  /** The plot for a width in pixels. */
  readonly plot: (width: number) => PlotOptions;
}

const WIDE = 720;
const NARROW = 358;

/** A figure as HTML: the plot drawn twice, for wide and for narrow screens; the page's style shows one of them. */
export function figure({ label, caption, plot: optionsFor }: FigureOptions): string {
  // Plot wants a document to make its elements in; this one is not shown anywhere.
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const drawn = (width: number, kind: string) => {
    const svg = plot({ ...optionsFor(width), width, document: document as never }) as unknown as SvgElement;
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
    // The size of letters is the page's business.
    svg.removeAttribute("font-size");
    return `<div class="${kind}">${svg.outerHTML}</div>`;
  };
  const figures = `${drawn(WIDE, "wide")}\n${drawn(NARROW, "narrow")}`;
  return `<figure>\n${figures}\n<figcaption>${escapeHtml(caption)}</figcaption>\n</figure>`;
}

/** What is needed of an element: the compiler is not told of browsers here. */
interface SvgElement {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
}
