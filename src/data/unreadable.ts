import { UsageError } from "../core/index.ts";

/**
 * Why a picture cannot be read: it is `missing` or may not be opened, is `foreign` (no picture, or of a format that cannot be
 * decoded), is too `large`, or is `damaged`.
 */
export type UnreadableKind = "missing" | "foreign" | "large" | "damaged";

/** A picture file that cannot be used; `what` is a short reason, such as "truncated JPEG". */
export class UnreadablePicture extends UsageError {
  readonly kind: UnreadableKind;

  constructor(where: string, what: string, kind: UnreadableKind) {
    super(where, what, "replace the file, or take it out", 1);
    this.kind = kind;
  }
}
