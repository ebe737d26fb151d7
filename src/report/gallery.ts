import { escapeHtml } from "./page.ts";

/** One picture with its words. */
export interface Shown {
  /** A data URL; undefined for a picture that cannot be shown. */
  readonly image: string | undefined;
  /** Where it lies. */
  readonly path: string;
  /** A line above the path, such as "filed under 3, looks like 8". */
  readonly title?: string;
}

function card({ image, path, title }: Shown): string {
  // The words beside it say what it is; a reader of the page aloud should not hear the path twice.
  const picture = image === undefined ? `<div class="blank"></div>` : `<img src="${image}" alt="" loading="lazy">`;
  const above = title === undefined ? "" : `<b>${escapeHtml(title)}</b>`;
  return `<li>${picture}<div class="words">${above}<small>${escapeHtml(path)}</small></div></li>`;
}

/** Pictures in rows, as many in each as fit. */
export const gallery = (pictures: readonly Shown[]): string =>
  `<ul class="gallery">${pictures.map(card).join("\n")}</ul>`;

/** Pictures that belong together, each group in a frame of its own. */
export const groups = (all: readonly (readonly Shown[])[]): string =>
  `<div class="groups">${all.map((pictures) => `<ul class="gallery together">${pictures.map(card).join("\n")}</ul>`).join("\n")}</div>`;
