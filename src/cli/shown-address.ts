import { parseAddress } from "../store/address.ts";

/** The address of a storage as it may be shown: without a password. */
export function shownAddress(url: string): string {
  const address = parseAddress(url);
  return address.kind === "postgres" ? address.shown : `sqlite:${address.path}`;
}
