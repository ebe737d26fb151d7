export { type Check, type CheckOptions, type CheckProgress, check, type LabelCheck } from "./check.ts";
export { refuseTaken, type WriteOptions, type Written, writeCheck } from "./write-check.ts";
