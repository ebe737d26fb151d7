import { gallery, type Shown } from "./gallery.ts";
import { escapeHtml } from "./page.ts";

/** The pictures behind one cell of a confusion matrix; they are seen when a link leads to the cell. */
export interface Cell {
  readonly id: string;
  readonly heading: string;
  /** A line below it, such as how many of them are shown. */
  readonly note: string;
  readonly pictures: readonly Shown[];
}

/** @param back where the matrix is, such as "#confusion" */
export const cellsHtml = (cells: readonly Cell[], back: string): string =>
  cells
    .map(
      ({ id, heading, note, pictures }) =>
        `<div class="cell" id="${id}" tabindex="-1">\n<h3>${escapeHtml(heading)} <a href="${back}">close</a></h3>\n<p class="quiet">${escapeHtml(note)}</p>\n${gallery(pictures)}</div>`,
    )
    .join("\n");

/** The browser itself shows the cell that the address names: it works without a script. */
export const CELLS_STYLE = `
.cell { display: none; border: 1px solid var(--line); border-radius: 6px; padding: 4px 12px; margin: 12px 0; outline: none; }
.cell:target { display: block; }
.cell h3 { margin-top: 8px; scroll-margin: 16px 0 240px; }
.cell h3 a { font-weight: 400; font-size: 0.9rem; margin-left: 8px; }
`;

/**
 * What the script adds: the page stays where it is when a cell is chosen, as far as its pictures are in sight; the chosen cell is marked;
 * and arrow keys go from cell to cell.
 */
export const CELLS_SCRIPT = `
(() => {
  const links = [...document.querySelectorAll('a[href^="#cell-"]')];
  const mark = () => {
    for (const link of links) {
      if (link.getAttribute("href") === location.hash) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  const open = (link) => {
    const { scrollX, scrollY } = window;
    location.hash = link.getAttribute("href");
    scrollTo(scrollX, scrollY);
    document.querySelector(location.hash + " h3").scrollIntoView({ block: "nearest" });
    mark();
  };
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const middle = (link) => {
    const { x, y, width, height } = link.getBoundingClientRect();
    return [x + width / 2, y + height / 2];
  };
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      open(link);
    });
    if (link.closest("svg") === null) continue;
    link.addEventListener("keydown", (event) => {
      const step = steps[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const [x, y] = middle(link);
      let nearest;
      let least = Infinity;
      for (const other of link.closest("svg").querySelectorAll("a")) {
        const [u, v] = middle(other);
        const along = (u - x) * step[0] + (v - y) * step[1];
        const aside = Math.abs((u - x) * step[1]) + Math.abs((v - y) * step[0]);
        if (along > 1 && along + 3 * aside < least) [nearest, least] = [other, along + 3 * aside];
      }
      nearest?.focus();
    });
  }
  addEventListener("hashchange", mark);
  mark();
})();
`;
