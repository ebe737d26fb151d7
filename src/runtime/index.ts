export {
  allocate,
  type Device,
  type ElementArrays,
  type ElementType,
  type Runtime,
  type Session,
  type SessionOptions,
  type Value,
  type Values,
} from "./session.ts";
