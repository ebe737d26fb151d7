import type { Pruner } from "../pruner.ts";
import { ashaPruner } from "./asha.ts";
import { medianPruner } from "./median.ts";
import { nonePruner } from "./none.ts";

export type { AshaOptions } from "./asha.ts";
export type { MedianOptions } from "./median.ts";

const catalogue = Object.freeze({ none: nonePruner, median: medianPruner, asha: ashaPruner });
export type PrunerName = keyof typeof catalogue;
/** Every pruner, by name. */
export const pruners: Readonly<Record<PrunerName, Pruner>> = catalogue;
