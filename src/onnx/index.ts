export { widthProbe, withWidth } from "./block-width.ts";
export { joined, ModelBuilder, OPSET } from "./builder.ts";
export { lower, lowerInto, lowerNative, lowerWebgpu } from "./lower.ts";
export { readMetadata } from "./metadata.ts";
export { modelHead } from "./model-head.ts";
export { begunName, partOfName } from "./part.ts";
export type { OnnxType } from "./proto.ts";
export { type QuantizedWeights, quantizeWeights } from "./quantize.ts";
