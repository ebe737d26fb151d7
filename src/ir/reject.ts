/** Thrown by shape rules; `bind` adds the place and makes it a UsageError. */
export class Rejection extends Error {
  readonly fix: string;
  constructor(what: string, fix: string) {
    super(what);
    this.fix = fix;
  }
}

/** Refuses the inputs of an op: what is wrong with both values, and how to mend it. */
export function reject(what: string, fix: string): never {
  throw new Rejection(what, fix);
}
