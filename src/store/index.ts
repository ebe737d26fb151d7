export { type Address, parseAddress } from "./address.ts";
