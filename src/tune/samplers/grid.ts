import { frozen, Random } from "../../core/index.ts";
import { admission, configurations, type Sampler } from "../sampler.ts";

export interface GridOptions {
  /** Values of a parameter, its ends among them; all of them where there are fewer. */
  readonly values: number;
}

/** Every combination of a few values of each parameter, in an order that is mixed, so that a search that is cut short has seen all sides. */
export const gridSampler = frozen<Sampler<GridOptions>>({
  name: "grid",
  summary: "every combination of a few values of each parameter",
  defaults: { values: 4 },
  ranges: { values: [2, Number.POSITIVE_INFINITY] },
  ask: (request, { values }) => {
    const { space, seed } = request;
    const all = [...configurations(space, values)];
    return new Random(seed, "grid sampler").shuffle(all).find(admission(request));
  },
});
