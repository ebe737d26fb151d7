import { nearest, UsageError } from "../../core/index.ts";
import { models } from "../../models/index.ts";
import type { KnownParameters } from "./parameters.ts";

/** Of a run, but not of a search: they say how much is trained and on what, the same for all trials. */
const ofEveryTrial =
  "data depth epochs steps time patience size channels fit split groupBy unknown seed device threads cache";

/**
 * The mistake of a name that no parameter has.
 * @param anywhere those of pictures and of optimizers that take steps
 */
export function unknownName(
  where: string,
  name: string,
  known: KnownParameters,
  anywhere: KnownParameters,
): UsageError {
  const place = `${where}, ${name}`;
  if (Object.keys(anywhere).some((one) => one === name || one.endsWith(`.${name}`))) {
    return new UsageError(place, "it has no meaning for these data and this way of training", "leave it out");
  }
  if (ofEveryTrial.split(" ").includes(name)) {
    return new UsageError(
      place,
      "it is the same for all trials, and no search changes it",
      "say it on the command line",
    );
  }
  const parts = Object.values(models).flatMap((unit) => {
    const list = Object.entries(unit.defaults).find(([, value]) => typeof value === "object" || value === "auto")?.[0];
    const own = Object.keys(known).filter((one) => known[one].role === "part" && one.startsWith(`${unit.name}.`));
    return name === list || name === `${unit.name}.${list}` ? own : [];
  });
  if (parts.length > 0) {
    return new UsageError(place, "it is a list, of which a search chooses parts", `name ${parts.join(", ")}`);
  }
  const options = Object.keys(known).map((one) => one.slice(one.indexOf(".") + 1));
  const near = nearest(name, [...new Set([...Object.keys(known), ...options])]);
  const [unit, option] = name.split(".", 2);
  const siblings = Object.keys(known).filter((one) => option !== undefined && one.startsWith(`${unit}.`));
  const has = siblings.length > 0 ? `${unit} has ${siblings.join(", ")}` : "docs/search-space.md lists them";
  return new UsageError(place, "there is no such parameter", near ? `did you mean ${near}? Otherwise ${has}` : has);
}
