export { type Choices, checkOptions, type Ranges } from "./check-options.ts";
export { type Choice, chosen, frozen } from "./choice.ts";
export { Cholesky } from "./cholesky.ts";
export { Random, streamOf } from "./random.ts";
export { type BytesKey, randomBytes } from "./random-bytes.ts";
export { broadcastShapes, formatShape, type Shape, sameShape, sizeOf, stridesOf } from "./shape.ts";
export { choose, nearest } from "./suggest.ts";
export { InternalError, UsageError } from "./usage-error.ts";
export { VERSION } from "./version.ts";
