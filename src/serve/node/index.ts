export { type ServeOptions, type Serving, serve, serveDefaults } from "./serve.ts";
