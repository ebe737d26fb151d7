export { type Normalization, numbers } from "./numbers.ts";
