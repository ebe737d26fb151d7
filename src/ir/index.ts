export { type Attribute, type Attributes, BLOCKS_ARE_WIDE, type Emit, type Grown, int64, type Twin } from "./emit.ts";
export { type Graph, graph, print, topological, verify } from "./graph.ts";
export { defineOp, type Op, type Place, type Sample, type SampleInput, Tensor, type VjpContext } from "./node.ts";
export { Rejection, reject } from "./reject.ts";
export {
  bind,
  type ConstantAttrs,
  constant,
  constantOp,
  currentScope,
  type InputAttrs,
  input,
  inputOp,
  isConstant,
  isInput,
  lift,
  placed,
  scoped,
  type TensorLike,
} from "./trace.ts";
export type { DType, NDArray, Role, TensorType } from "./types.ts";
