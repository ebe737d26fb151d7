import { type PlotOptions, plot } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { escapeHtml } from "./page.ts";

export interface FigureOptions {
  /** What the figure shows, for those who do not see it. */
  readonly label: string;
  /** Text below it. */
  readonly caption: string;
  /** HTML above it: a heading, the key to its colours. */
  readonly head?: string;
  /** `half`: drawn once, for a column of its own beside another. */
  readonly size?: "full" | "half";
  /** Parts of it are links. */
  readonly links?: boolean;
  /** The plot for a width in pixels. */
  readonly plot: (width: number) => PlotOptions;
}

const WIDE = 720;
const NARROW = 358;

/** A figure as HTML: the plot drawn twice, for wide and for narrow screens; the page's style shows one of them. */
export function figure({
  label,
  caption,
  head,
  size = "full",
  links = false,
  plot: optionsFor,
}: FigureOptions): string {
  // Plot wants a document to make its elements in; this one is not shown anywhere.
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const drawn = (width: number) => {
    const svg = plot({ ...optionsFor(width), width, document: document as never }) as unknown as SvgElement;
    // What is inside an image cannot be reached.
    svg.setAttribute("role", links ? "group" : "img");
    svg.setAttribute("aria-label", label);
    // The size of letters is the page's business.
    svg.removeAttribute("font-size");
    return svg.outerHTML.replaceAll("xlink:href=", "href=");
  };
  const figures =
    size === "half"
      ? drawn(NARROW)
      : `<div class="wide">${drawn(WIDE)}</div>\n<div class="narrow">${drawn(NARROW)}</div>`;
  const above = head === undefined ? "" : `${head}\n`;
  return `<figure${size === "half" ? ' class="half"' : ""}>\n${above}${figures}\n<figcaption>${escapeHtml(caption)}</figcaption>\n</figure>`;
}

/** What is needed of an element: the compiler is not told of browsers here. */
interface SvgElement {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
}
