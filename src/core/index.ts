export { Random, streamOf } from "./random.ts";
export { broadcastShapes, formatShape, sameShape, type Shape, sizeOf, stridesOf } from "./shape.ts";
export { choose, nearest } from "./suggest.ts";
export { InternalError, UsageError } from "./usage-error.ts";
