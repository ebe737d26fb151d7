export { addGeometry, type Fit, fits, type GeometrySpec, geometryModel } from "./geometry.ts";
export { type Normalization, numbers } from "./numbers.ts";
