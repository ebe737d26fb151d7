import { UsageError } from "../core/index.ts";

/** Where studies are kept. */
export type Address =
  | { readonly kind: "sqlite"; readonly path: string }
  | {
      readonly kind: "postgres";
      readonly url: string;
      /** Without its password and settings, to be shown. */
      readonly shown: string;
    };

const HOW = "write a file ending in .db or .sqlite, sqlite:PATH, or postgres://USER:PASSWORD@HOST:PORT/DATABASE";

/** A password may hold any character, an unescaped @ or / too, so everything up to the last @ goes. */
const withoutSecret = (text: string) => text.replace(/\/\/.*@/s, "//…@");

function postgres(text: string): Address {
  const unreadable = () =>
    new UsageError(
      withoutSecret(text).slice(0, 200),
      "this is no address of a database",
      "write postgres://USER:PASSWORD@HOST:PORT/DATABASE, and in the password %40 for @, %3A for :, %2F for /, %23 for #",
    );
  if (!URL.canParse(text)) throw unreadable();
  const url = new URL(text);
  // What stands behind an unescaped # or / of a password would be taken for something else, and shown.
  if (url.hash !== "" || url.pathname.includes("@") || url.search.includes("@")) throw unreadable();
  for (const part of [url.username, url.password, url.pathname]) {
    try {
      decodeURIComponent(part);
    } catch {
      throw unreadable();
    }
  }
  const user = url.username === "" ? "" : `${url.username}@`;
  return { kind: "postgres", url: text, shown: `postgres://${user}${url.host}${url.pathname}` };
}

/**
 * `sqlite:PATH`, a bare path ending in .db or .sqlite, `postgres://…`. As others do, `sqlite:///study.db` is a relative path and
 * `sqlite:////data/study.db` an absolute one.
 * @throws UsageError
 */
export function parseAddress(text: string): Address {
  if (/^postgres(ql)?:\/\//i.test(text)) return postgres(text);
  if (/^sqlite:/i.test(text)) {
    const path = text.slice("sqlite:".length).replace(/^\/\/\/?(?=.)/, "");
    if (path === "" || path === "/") throw new UsageError(`"${text}"`, "names no file", "write sqlite:PATH");
    if (path === ":memory:") {
      throw new UsageError(`"${text}"`, "nothing of this would be left after the end", "name a file: sqlite:PATH");
    }
    return { kind: "sqlite", path };
  }
  // One letter is a drive of Windows.
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1];
  if (scheme !== undefined) {
    throw new UsageError(
      withoutSecret(text).slice(0, 200),
      `studies are kept in SQLite and PostgreSQL, not in "${scheme}"`,
      HOW,
    );
  }
  if (/\.(db|sqlite3?)$/i.test(text)) return { kind: "sqlite", path: text };
  throw new UsageError(`"${text}"`, "is neither a file of SQLite by its name nor an address of PostgreSQL", HOW);
}
