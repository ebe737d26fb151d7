/** What the server is asked about one run. */
import { ask } from "../shell/ask.ts";

type Values = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** The address of something of a run; values that are not given are left out. */
export function pathOf(name: string, what: string, values: Values = {}): string {
  const given = Object.entries(values).flatMap(([key, value]) =>
    value === undefined || value === null || value === false ? [] : [[key, value === true ? "1" : String(value)]],
  );
  const query = new URLSearchParams(given).toString();
  return `api/runs/${encodeURIComponent(name)}/${what}${query === "" ? "" : `?${query}`}`;
}

export const asked = <T>(name: string, what: string, values: Values = {}): Promise<T> =>
  ask<T>(pathOf(name, what, values));

/** The address of a picture of the data, for an `img`. */
export const pictureUrl = (name: string, path: string, side: number): string => pathOf(name, "picture", { path, side });
