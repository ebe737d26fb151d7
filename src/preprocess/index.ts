export { addGeometry, type Fit, fits, type GeometrySpec, geometryModel } from "./geometry.ts";
export { type Normalization, numbers, standardized } from "./numbers.ts";
export { type Placement, placementOf } from "./placement.ts";
