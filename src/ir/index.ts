export type { Attribute, Attributes, Emit } from "./emit.ts";
export { type Graph, graph, print, topological, verify } from "./graph.ts";
export { defineOp, type Op, Rejection, reject, type Sample, type SampleInput, type VjpContext } from "./op.ts";
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
  type Place,
  placed,
  scoped,
  Tensor,
  type TensorLike,
} from "./tensor.ts";
export type { DType, NDArray, Role, TensorType } from "./types.ts";
