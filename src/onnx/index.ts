export { ModelBuilder, OPSET } from "./builder.ts";
export { lower, lowerInto, lowerNative, lowerWebgpu } from "./lower.ts";
export { readMetadata } from "./metadata.ts";
export type { OnnxType } from "./proto.ts";
export { type QuantizedWeights, quantizeWeights } from "./quantize.ts";
