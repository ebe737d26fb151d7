/** Numbers and tables as the page writes them. */
import { escapeHtml } from "../../report/index.ts";

export const grouped = (count: number): string => count.toLocaleString("en-US");
/** The space does not break. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)}\u00a0%`;
export const percentOrNone = (share: number | null): string => (share === null ? "–" : percent(share));

/** 42 s, 3 min 05 s, 2 h 10 min. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

export const paragraph = (text: string, kind = ""): string => `<p${kind && ` class="${kind}"`}>${escapeHtml(text)}</p>`;

/** Rows of a name and what is said of it. */
export const facts = (rows: readonly (readonly [string, string])[]): string =>
  `<table class="facts"><tbody>${rows
    .map(([name, value]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`)
    .join("\n")}</tbody></table>`;

/** Columns of numbers behind one of names; wide ones scroll in a frame of their own. */
export function numbersTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const heads = head.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join("");
  const lines = rows.map((row) => `<tr>${row.map((text) => `<td>${escapeHtml(text)}</td>`).join("")}</tr>`);
  return `<div class="scroll"><table class="numbers"><thead><tr>${heads}</tr></thead><tbody>${lines.join("\n")}</tbody></table></div>`;
}
