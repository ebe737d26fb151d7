export { partOf } from "./blocks.ts";
export { probe } from "./probe.ts";
export {
  allocate,
  type Block,
  type Device,
  devices,
  type ElementArrays,
  type ElementType,
  type Model,
  type ModelFile,
  type Places,
  type Runtime,
  type Session,
  type SessionOptions,
  type Value,
  type Values,
} from "./session.ts";
