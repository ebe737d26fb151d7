import type { Space } from "../../space/index.ts";
import type { SpaceVersion } from "../../tune/index.ts";
import type { SearchSpace } from "./compose.ts";

/**
 * A space that takes the place of another in the middle of a study: what trials of before had in the parameters that are new. That is
 * what a run has without a search, unless the new space cannot say it, because it is none of its choices.
 */
export function grown(before: Space, { space, usual }: SearchSpace): SpaceVersion {
  const fill = space.names.flatMap((name) => {
    const parameter = space.parameters[name];
    if (Object.hasOwn(before.parameters, name) || !Object.hasOwn(usual, name)) return [];
    // A number beyond the range is still a number; a choice that is none has no place among the others.
    if (parameter.kind === "choice" && !parameter.choices.includes(usual[name])) return [];
    return [[name, usual[name]] as const];
  });
  return { parameters: space.parameters, fill: Object.fromEntries(fill) };
}
