import { escapeHtml } from "./page.ts";

export interface TableRow {
  readonly cells: readonly string[];
  /** Of the row, such as `quiet`. */
  readonly kind?: string;
}

/** A table whose rows a click on the head of a column puts in its order, with `TABLE_SCRIPT`; without it they stay as they are. */
export function sortableTable(head: readonly string[], rows: readonly TableRow[]): string {
  const heads = head.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join("");
  const lines = rows.map(
    ({ cells, kind }) =>
      `<tr${kind === undefined ? "" : ` class="${kind}"`}>${cells.map((text) => `<td>${escapeHtml(text)}</td>`).join("")}</tr>`,
  );
  return `<div class="scroll" tabindex="0"><table class="numbers sortable"><thead><tr>${heads}</tr></thead><tbody>${lines.join("\n")}</tbody></table></div>`;
}

export const TABLE_STYLE = `
.sortable { font-size: 0.85rem; }
.sortable th button { all: unset; cursor: pointer; font-weight: inherit; }
.sortable th button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.sortable th[aria-sort] button::after { content: " ↑"; color: var(--accent); }
.sortable th[aria-sort="descending"] button::after { content: " ↓"; }
`;

/** Numbers by their size, words by the alphabet, what is not there at the end; the second click turns the order round. */
export const TABLE_SCRIPT = `
(() => {
  const numberOf = (text) => Number(text.replace(/,/g, "").replace(/\\s*(%|ms|s)$/, ""));
  const missing = (text) => text === "" || text === "–";
  for (const table of document.querySelectorAll("table.sortable")) {
    const [body] = table.tBodies;
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...body.rows].map((row) => ({ row, text: row.cells[column].textContent }));
        const told = rows.filter(({ text }) => !missing(text));
        const numeric = told.every(({ text }) => !Number.isNaN(numberOf(text)));
        told.sort((a, b) => (numeric ? numberOf(a.text) - numberOf(b.text) : a.text.localeCompare(b.text)));
        if (down) told.reverse();
        body.append(...[...told, ...rows.filter(({ text }) => missing(text))].map(({ row }) => row));
      });
    });
  }
})();
`;
