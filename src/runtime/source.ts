import type { Model } from "./session.ts";

/** What `InferenceSession.create` is given, whose declarations have the one and the other apart. */
export const sourceOf = (model: Model): Uint8Array => (model instanceof Uint8Array ? model : (model.path as never));
