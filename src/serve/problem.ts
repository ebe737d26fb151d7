import { UsageError } from "../core/index.ts";
import { type UnreadableKind, UnreadablePicture } from "../data/index.ts";

/** Statuses that a request can be refused with. */
export type ProblemStatus = 400 | 404 | 405 | 408 | 413 | 415 | 422 | 500 | 503;

/** Why a request, or one item of a batch, is refused: an HTTP status, what is wrong, and how to mend it. */
export class Problem extends Error {
  readonly status: ProblemStatus;
  readonly what: string;
  readonly fix: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: ProblemStatus, what: string, fix: string, headers: Readonly<Record<string, string>> = {}) {
    super(`${what}; ${fix}`);
    this.name = "Problem";
    this.status = status;
    this.what = what;
    this.fix = fix;
    this.headers = headers;
  }

  /** The body of the answer. */
  toJSON(): { readonly error: string; readonly fix: string } {
    return { error: this.what, fix: this.fix };
  }
}

const ofPictures: Readonly<Record<UnreadableKind, readonly [ProblemStatus, string]>> = {
  foreign: [415, "send a JPEG, PNG, WebP, GIF, TIFF or AVIF picture as the body"],
  large: [413, "send a smaller picture"],
  damaged: [422, "send the whole picture, undamaged"],
  missing: [422, "send a picture"],
};

/** An error as it is told to a client; what nobody foresaw says nothing of the inside. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof UnreadablePicture) {
    const [status, fix] = ofPictures[error.kind];
    return new Problem(status, error.what, fix);
  }
  const what = error instanceof UsageError ? "the model could not answer" : "something went wrong in the server";
  return new Problem(500, what, "look at the server's log");
}
