/** Why a request is refused: what the page tells, and the status of the answer. */
export class Problem extends Error {
  readonly status: 400 | 403 | 404 | 409 | 413 | 500;
  readonly fix: string;

  constructor(status: Problem["status"], what: string, fix: string) {
    super(what);
    this.status = status;
    this.fix = fix;
  }
}
