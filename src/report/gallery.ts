import { escapeHtml } from "./page.ts";
import type { Tile } from "./sheet.ts";

/** One picture with its words. */
export interface Shown {
  /** A data URL, or a part of a sheet; undefined for a picture that cannot be shown, null where there is none. */
  readonly image: string | Tile | undefined | null;
  /** The same picture with something drawn over it, beside it. */
  readonly beside?: Tile;
  /** Where it lies. */
  readonly path: string;
  /** A line above the path, such as "filed under 3, looks like 8". */
  readonly title?: string;
}

/** A picture alone. */
export function pictureHtml(image: Shown["image"]): string {
  if (image === null) return "";
  if (image === undefined) return `<div class="blank"></div>`;
  // The words beside it say what it is; a reader of the page aloud should not hear the path twice.
  if (typeof image === "string") return `<img src="${image}" alt="" loading="lazy">`;
  return `<div class="tile ${image.sheet}" style="background-position:${image.position}"></div>`;
}

function card({ image, beside, path, title }: Shown): string {
  const picture =
    beside === undefined ? pictureHtml(image) : `<div class="pair">${pictureHtml(image)}${pictureHtml(beside)}</div>`;
  const above = title === undefined ? "" : `<b>${escapeHtml(title)}</b>`;
  return `<li>${picture}<div class="words">${above}<small>${escapeHtml(path)}</small></div></li>`;
}

/** Pictures in rows, as many in each as fit. */
export const gallery = (pictures: readonly Shown[], kind = ""): string =>
  `<ul class="gallery${kind && ` ${kind}`}">${pictures.map(card).join("\n")}</ul>`;

/** Pictures that belong together, each group in a frame of its own. */
export const groups = (all: readonly (readonly Shown[])[]): string =>
  `<div class="groups">${all.map((pictures) => `<ul class="gallery together">${pictures.map(card).join("\n")}</ul>`).join("\n")}</div>`;
