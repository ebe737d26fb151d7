import type { Configuration, Space } from "../../space/index.ts";
import type { SpaceVersion } from "../../tune/index.ts";

/**
 * A space that takes the place of another in the middle of a study: what trials of before had in the parameters that are new. That is
 * what a run has without a search, unless the new space cannot say it, because it is none of its choices.
 * @param usual of the new space
 */
export function grown(before: Space, after: Space, usual: Configuration): SpaceVersion {
  const fill = after.names.flatMap((name) => {
    const parameter = after.parameters[name];
    if (Object.hasOwn(before.parameters, name) || !Object.hasOwn(usual, name)) return [];
    // A number beyond the range is still a number; a choice that is none has no place among the others.
    if (parameter.kind === "choice" && !parameter.choices.includes(usual[name])) return [];
    return [[name, usual[name]] as const];
  });
  return { parameters: after.parameters, fill: Object.fromEntries(fill) };
}
