/**
 * The one error that a user can cause and mend. The facts are fields; the text is derived from them, so that a test can
 * assert the facts and a program can show them its own way.
 *
 * `where` names the place (an operation with its scope, a file, an option), `what` says what is wrong *with the values on
 * both sides*, `fix` says how to mend it.
 */
export class UsageError extends Error {
  readonly where: string;
  readonly what: string;
  readonly fix: string;
  /** Process exit code: 2 when the call itself is wrong (an unknown option), 1 when the material is (a broken file). */
  readonly exitCode: 1 | 2;

  constructor(where: string, what: string, fix: string, exitCode: 1 | 2 = 2) {
    super(`${where}: ${what}; ${fix}`);
    this.name = "UsageError";
    this.where = where;
    this.what = what;
    this.fix = fix;
    this.exitCode = exitCode;
  }
}

/** A fault of ours, never of the user. */
export class InternalError extends Error {
  constructor(message: string) {
    super(`internal: ${message}; this is a fault in Argmin, please report it`);
    this.name = "InternalError";
  }
}
