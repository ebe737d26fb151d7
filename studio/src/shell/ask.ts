/** What the server said when it refused. */
export class Refused extends Error {
  readonly fix: string;
  readonly status: number;

  constructor(what: string, fix: string, status: number) {
    super(what);
    this.fix = fix;
    this.status = status;
  }
}

/** The server wants to see it wherever something is changed: pages of other sites cannot send it. */
const OWN_HEADER = { "x-argmin-studio": "1" };

/**
 * Asks the server of the Studio, with a body where something is to be changed.
 * @param path such as `api/runs`, relative to the page
 * @throws Refused with what the server says of it; with status 0 when nobody answers
 */
export async function ask<T>(path: string, method: "GET" | "POST" | "DELETE" = "GET", body?: unknown): Promise<T> {
  const response = await fetch(path, {
    method,
    headers: { ...OWN_HEADER, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: Error) => {
    throw new Refused(error.message, "argmin studio", 0);
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer as T;
  const { what = response.statusText, fix = "" } = (answer as { error?: { what?: string; fix?: string } }).error ?? {};
  throw new Refused(what, fix, response.status);
}
